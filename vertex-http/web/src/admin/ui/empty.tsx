import { Stack, Typography } from '@mui/material';
import type { ReactNode } from 'react';

/** What a list shows when there is nothing in it, and what to do about it. */
export function Empty({ title, hint, children }: { title: string; hint?: string; children?: ReactNode }) {
  return (
    <Stack spacing={1} sx={{ alignItems: 'center', py: 8, textAlign: 'center' }}>
      <Typography variant="h2" component="p">
        {title}
      </Typography>
      {hint && <Typography color="textSecondary">{hint}</Typography>}
      {children}
    </Stack>
  );
}
