import { LinearProgress, Stack, Typography } from '@mui/material';
import { useText } from '../../words';
import { storageWords } from './words';

interface Props {
  label: string;
  used: number;
  limit: number | null | undefined;
  say: (amount: number) => string;
}

/** How much of a limit is taken. */
export function Meter({ label, used, limit, say }: Props) {
  const text = useText(storageWords);
  const share = limit == null ? null : limit === 0 ? 1 : Math.min(1, used / limit);
  return (
    <Stack spacing={0.5}>
      <Stack direction="row" sx={{ justifyContent: 'space-between' }}>
        <Typography variant="body2">{label}</Typography>
        <Typography variant="body2" color="textSecondary">
          {limit == null ? text.noLimit(say(used)) : text.of(say(used), say(limit))}
        </Typography>
      </Stack>
      {share !== null && (
        <LinearProgress
          variant="determinate"
          value={100 * share}
          color={share > 0.9 ? 'error' : 'primary'}
          aria-label={label}
          sx={{ height: 8, borderRadius: 4 }}
        />
      )}
    </Stack>
  );
}
