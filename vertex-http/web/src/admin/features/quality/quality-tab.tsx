import { Alert, Box, LinearProgress, Skeleton, Slider, Stack, Typography } from '@mui/material';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, data, type Schema } from '../../api/client';
import { ProblemAlert } from '../../ui/problem-alert';
import { LEVEL_COLOR, level, ScoreRing } from '../../ui/score';
import { useLocale, useText } from '../../words';
import { type Content, isUnsettled } from '../contents/queries';
import { byKind, length } from './findings';
import { qualityWords } from './words';

type Quality = Schema['Quality'];

/** How well a picture will be found, where it is weak, and how large to print it. */
export default function QualityTab({ content }: { content: Content }) {
  const text = useText(qualityWords);
  const [distance, setDistance] = useState(1.5);
  const isMeasured = content.trackability != null;
  const query = { viewing_distance: distance };
  const quality = useQuery({
    queryKey: ['contents', content.id, 'quality', content.marker_updated_at, distance],
    queryFn: () => data(api.GET('/api/ar-content/{id}/quality', { params: { path: { id: content.id }, query } })),
    enabled: isMeasured,
    placeholderData: keepPreviousData,
  });
  if (!isMeasured) return <Alert severity="info">{isUnsettled(content) ? text.measuring : text.notYet}</Alert>;
  if (quality.error) return <ProblemAlert error={quality.error} retry={() => void quality.refetch()} />;
  if (!quality.data) return <Skeleton variant="rounded" height={320} />;
  const { score, nft, findings } = quality.data;
  return (
    <Stack direction={{ xs: 'column', md: 'row' }} spacing={4}>
      <Box
        component="img"
        src={quality.data.overlay_url}
        alt={text.overlay}
        sx={{ width: { xs: '100%', md: 420 }, objectFit: 'contain', alignSelf: 'start', borderRadius: 1 }}
      />
      <Stack spacing={3} sx={{ flex: 1, maxWidth: 520 }}>
        <Stack direction="row" spacing={2} sx={{ alignItems: 'center' }}>
          <ScoreRing score={score} label={`${text.score}: ${score}`} size={72} />
          <Typography>{text.verdict[level(score)]}</Typography>
        </Stack>
        <Breakdown breakdown={quality.data.breakdown} />
        <PrintWidth quality={quality.data} distance={distance} onChange={setDistance} />
        {nft && <Typography color="textSecondary">{`${text.nft}: ${nft.score}`}</Typography>}
        <Findings findings={findings} />
      </Stack>
    </Stack>
  );
}

function Breakdown({ breakdown }: Pick<Quality, 'breakdown'>) {
  const text = useText(qualityWords);
  return (
    <Stack spacing={1}>
      {(['distance', 'tilt', 'blur', 'light'] as const).map((nuisance) => (
        <Stack key={nuisance} direction="row" spacing={2} sx={{ alignItems: 'center' }}>
          <Typography variant="body2" sx={{ width: 150 }}>
            {text.nuisance[nuisance]}
          </Typography>
          <LinearProgress
            variant="determinate"
            value={breakdown[nuisance]}
            color={LEVEL_COLOR[level(breakdown[nuisance])]}
            aria-label={text.nuisance[nuisance] ?? nuisance}
            sx={{ flex: 1, height: 8, borderRadius: 4 }}
          />
          <Typography variant="body2" sx={{ width: 32, textAlign: 'right' }}>
            {breakdown[nuisance]}
          </Typography>
        </Stack>
      ))}
    </Stack>
  );
}

function PrintWidth({ quality, distance, onChange }: { quality: Quality; distance: number; onChange: (metres: number) => void }) {
  const text = useText(qualityWords);
  const { language } = useLocale();
  const [shown, setShown] = useState(distance);
  const { print_width: width } = quality;
  const from = text.metres(quality.viewing_distance);
  return (
    <Box>
      <Typography variant="body2" id="distance-label">{`${text.distance}: ${text.metres(shown)}`}</Typography>
      <Slider
        value={shown}
        min={0.5}
        max={5}
        step={0.25}
        aria-labelledby="distance-label"
        onChange={(_, metres) => setShown(metres)}
        onChangeCommitted={(_, metres) => onChange(metres)}
      />
      <Typography>{width == null ? text.noPrint(from) : text.print(length(width, language), from)}</Typography>
    </Box>
  );
}

function Findings({ findings }: Pick<Quality, 'findings'>) {
  const text = useText(qualityWords);
  if (findings.length === 0) return <Typography>{text.nothingWeak}</Typography>;
  return (
    <section>
      <Typography variant="h2" sx={{ mb: 1 }}>
        {text.findings}
      </Typography>
      <Stack component="ul" spacing={1} sx={{ m: 0, pl: 2.5 }}>
        {byKind(findings, text.place).map(({ kind, places, advice }) => (
          <li key={kind}>
            <strong>{text.kind[kind] ?? kind}</strong> ({places}): {text.advice[kind] ?? advice}
          </li>
        ))}
      </Stack>
    </section>
  );
}
