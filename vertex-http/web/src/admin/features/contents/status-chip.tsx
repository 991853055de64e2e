import { Chip } from '@mui/material';
import { useText } from '../../words';
import type { Content } from './queries';
import { contentWords } from './words';

const COLORS: Record<string, 'default' | 'info' | 'success' | 'error'> = {
  pending: 'default',
  processing: 'info',
  ready: 'success',
  failed: 'error',
};

/** Where the making of a picture's markers stands, or that it is switched off. */
export function StatusChip({ content }: { content: Content }) {
  const text = useText(contentWords);
  if (!content.is_active) return <Chip size="small" variant="outlined" label={text.off} />;
  const { marker_status: status } = content;
  return (
    <Chip
      size="small"
      variant={status === 'ready' ? 'outlined' : 'filled'}
      color={COLORS[status] ?? 'default'}
      label={text.status[status] ?? status}
    />
  );
}
