import { Button, Stack, TextField } from '@mui/material';
import { useLocale, useText } from '../../words';
import { lastDays, type Period } from './period';
import { analyticsWords } from './words';

const LENGTHS = [7, 30, 90] as const;

/** The days that figures are of. */
export function PeriodFields({ period, onChange }: { period: Period; onChange: (period: Period) => void }) {
  const text = useText(analyticsWords);
  const { language } = useLocale();
  const days = new Intl.NumberFormat(language, { style: 'unit', unit: 'day', unitDisplay: 'long' });
  const shrink = { inputLabel: { shrink: true } };
  return (
    <Stack direction="row" useFlexGap spacing={1} sx={{ flexWrap: 'wrap', rowGap: 1, alignItems: 'center' }}>
      <TextField
        type="date"
        label={text.from}
        value={period.from}
        onChange={({ target }) => target.value && onChange({ ...period, from: target.value })}
        slotProps={shrink}
        sx={{ width: 160 }}
      />
      <TextField
        type="date"
        label={text.to}
        value={period.to}
        onChange={({ target }) => target.value && onChange({ ...period, to: target.value })}
        slotProps={shrink}
        sx={{ width: 160 }}
      />
      {LENGTHS.map((length) => (
        <Button key={length} size="small" onClick={() => onChange(lastDays(length))}>
          {days.format(length)}
        </Button>
      ))}
    </Stack>
  );
}
