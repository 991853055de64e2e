import CopyIcon from '@mui/icons-material/ContentCopy';
import { IconButton, Tooltip } from '@mui/material';
import { useText } from '../words';
import { common } from '../words/common';
import { useSnack } from './snack';

/** Puts a text on the clipboard; where a page may not (plain http), shows it to be copied by hand. */
export function CopyButton({ value, label }: { value: string; label: string }) {
  const text = useText(common);
  const snack = useSnack();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      snack.done(text.copied);
    } catch {
      snack.done(value);
    }
  };
  return (
    <Tooltip title={label}>
      <IconButton aria-label={label} size="small" onClick={() => void copy()}>
        <CopyIcon fontSize="small" />
      </IconButton>
    </Tooltip>
  );
}
