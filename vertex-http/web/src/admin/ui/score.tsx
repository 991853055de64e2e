import { Box, CircularProgress, Typography } from '@mui/material';

export type Level = 'good' | 'fair' | 'poor';

/** From 70 on a picture is good to print; below 40 another one should be taken. */
export const level = (score: number): Level => (score >= 70 ? 'good' : score >= 40 ? 'fair' : 'poor');

export const LEVEL_COLOR = { good: 'success', fair: 'warning', poor: 'error' } as const;

/** A score of 100 as a ring. */
export function ScoreRing({ score, label, size = 36 }: { score: number; label: string; size?: number }) {
  return (
    <Box
      role="img"
      aria-label={label}
      title={label}
      sx={{ position: 'relative', display: 'inline-flex', bgcolor: 'background.paper', borderRadius: '50%' }}
    >
      <CircularProgress variant="determinate" value={score} size={size} thickness={5} color={LEVEL_COLOR[level(score)]} aria-hidden />
      <Typography
        variant="caption"
        aria-hidden
        sx={{ position: 'absolute', inset: 0, display: 'grid', placeItems: 'center', fontWeight: 700 }}
      >
        {score}
      </Typography>
    </Box>
  );
}
