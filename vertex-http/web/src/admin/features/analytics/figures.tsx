import { Card, CardContent, LinearProgress, Stack, Typography } from '@mui/material';
import type { ReactNode } from 'react';

/** One figure with what it is, and how it changed. */
export function Figure({ label, value, note }: { label: string; value: ReactNode; note?: string | null }) {
  return (
    <Card variant="outlined" sx={{ minWidth: 160, flex: 1 }}>
      <CardContent>
        <Typography variant="body2" color="textSecondary">
          {label}
        </Typography>
        <Typography sx={{ fontSize: '1.7rem', fontWeight: 650 }}>{value}</Typography>
        {note && (
          <Typography variant="body2" color="textSecondary">
            {note}
          </Typography>
        )}
      </CardContent>
    </Card>
  );
}

/** Amounts beside each other as bars, each with its name. */
export function Bars({ title, rows }: { title: string; rows: { key: string; label: ReactNode; value: number; shown: string }[] }) {
  const most = Math.max(1, ...rows.map(({ value }) => value));
  return (
    <section>
      <Typography variant="h2" sx={{ mb: 1 }}>
        {title}
      </Typography>
      <Stack spacing={1}>
        {rows.map(({ key, label, value, shown }) => (
          <Stack key={key} direction="row" spacing={2} sx={{ alignItems: 'center' }}>
            <Typography variant="body2" noWrap sx={{ width: 180 }}>
              {label}
            </Typography>
            <LinearProgress variant="determinate" value={(100 * value) / most} aria-hidden sx={{ flex: 1, height: 8, borderRadius: 4 }} />
            <Typography variant="body2" sx={{ minWidth: 48, textAlign: 'right' }}>
              {shown}
            </Typography>
          </Stack>
        ))}
      </Stack>
    </section>
  );
}
