import { Alert, Box, Button, Card, CardActionArea, MenuItem, Skeleton, Stack, TextField, Typography } from '@mui/material';
import { useEffect, useState } from 'react';
import type { Tagged } from '../../api/client';
import { ProblemAlert } from '../../ui/problem-alert';
import { useSnack } from '../../ui/snack';
import { useText } from '../../words';
import { common } from '../../words/common';
import type { Content } from '../contents/queries';
import { useVideos, type Video } from '../videos/queries';
import { Calendar } from './calendar';
import { DateRanges } from './date-ranges';
import { type Draft, draftOf, lacks, type Rule, ruleOf, TYPES } from './draft';
import { usePlan, useRule, useSaveRule } from './queries';
import { VideoOrder } from './video-order';
import { rotationWords } from './words';

/** Which video plays on which day. */
export default function RotationTab({ content }: { content: Content }) {
  const text = useText(rotationWords);
  const rule = useRule(content.id);
  const videos = useVideos(content.id);
  const error = rule.error ?? videos.error;
  if (error) return <ProblemAlert error={error} />;
  if (rule.data === undefined || !videos.data) return <Skeleton variant="rounded" height={320} />;
  if (videos.data.items.length === 0) return <Alert severity="info">{text.noVideos}</Alert>;
  const usable = videos.data.items.filter(({ status }) => status !== 'archived');
  return <Editor content={content} rule={rule.data} videos={usable} />;
}

function Editor({ content, rule, videos }: { content: Content; rule: Tagged<Rule> | null; videos: Video[] }) {
  const text = useText(rotationWords);
  const words = useText(common);
  const snack = useSnack();
  const saved = draftOf(rule);
  const [draft, setDraft] = useState(saved);
  const isChanged = JSON.stringify(draft) !== JSON.stringify(saved);
  const save = useSaveRule(content.id, rule?.etag);
  const plan = usePlan(content.id);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another saved version replaces what is shown, unless it was changed here
  useEffect(() => {
    if (!isChanged) setDraft(saved);
  }, [rule?.etag]);
  const change = (next: Partial<Draft>) => setDraft((now) => ({ ...now, ...next }));
  const missing = lacks(draft);
  const addRange = (start_date: string, end_date: string) =>
    change({ ranges: [...draft.ranges, { start_date, end_date, video_id: videos[0]?.id ?? '' }] });
  return (
    <Stack direction={{ xs: 'column', lg: 'row' }} spacing={4}>
      <Stack spacing={3} sx={{ flex: 1, maxWidth: 560 }}>
        <TypeCards type={draft.type} choose={(type) => change({ type })} />
        <TypeEditor draft={draft} videos={videos} change={change} />
        <TextField
          select
          label={text.defaultVideo}
          value={draft.defaultVideo ?? ''}
          onChange={({ target }) => change({ defaultVideo: target.value || null })}
        >
          <MenuItem value="">{text.automatic}</MenuItem>
          {videos.map(({ id, title }) => (
            <MenuItem key={id} value={id}>
              {title}
            </MenuItem>
          ))}
        </TextField>
        {isChanged && missing && <Alert severity="info">{text.lacks[missing]}</Alert>}
        {save.error && <ProblemAlert error={save.error} />}
        <Box>
          <Button
            variant="contained"
            disabled={!isChanged || missing !== null}
            loading={save.isPending}
            onClick={() => save.mutate(ruleOf(draft), { onSuccess: () => snack.done(words.saved) })}
          >
            {words.save}
          </Button>
          {isChanged && <Button onClick={() => setDraft(saved)}>{words.cancel}</Button>}
        </Box>
      </Stack>
      <Box sx={{ flex: 1, minWidth: 0, maxWidth: 640 }}>
        <Typography variant="h2" sx={{ mb: 1 }}>
          {text.calendar}
        </Typography>
        {isChanged && (
          <Typography variant="body2" color="textSecondary" sx={{ mb: 1 }}>
            {text.draftNote}
          </Typography>
        )}
        {plan.data && <Calendar days={plan.data.days} videos={videos} onRange={draft.type === 'date_specific' ? addRange : undefined} />}
      </Box>
    </Stack>
  );
}

function TypeCards({ type, choose }: { type: Draft['type']; choose: (type: Draft['type']) => void }) {
  const text = useText(rotationWords);
  return (
    <Box
      role="radiogroup"
      aria-label={text.type}
      sx={{ display: 'grid', gap: 1, gridTemplateColumns: 'repeat(auto-fill, minmax(220px, 1fr))' }}
    >
      {TYPES.map((kind) => (
        <Card
          key={kind}
          variant="outlined"
          sx={{ borderColor: kind === type ? 'primary.main' : 'divider', borderWidth: kind === type ? 2 : 1 }}
        >
          <CardActionArea role="radio" aria-checked={kind === type} onClick={() => choose(kind)} sx={{ p: 1.5, height: '100%' }}>
            <Typography sx={{ fontWeight: 600 }}>{text.types[kind]?.title}</Typography>
            <Typography variant="body2" color="textSecondary">
              {text.types[kind]?.hint}
            </Typography>
          </CardActionArea>
        </Card>
      ))}
    </Box>
  );
}

function TypeEditor({ draft, videos, change }: { draft: Draft; videos: Video[]; change: (next: Partial<Draft>) => void }) {
  const text = useText(rotationWords);
  const { type } = draft;
  if (type === 'none') return null;
  if (type === 'date_specific') return <DateRanges videos={videos} ranges={draft.ranges} onChange={(ranges) => change({ ranges })} />;
  const ordered = type !== 'random_daily';
  return (
    <Stack spacing={1.5}>
      <Typography variant="h2">{ordered ? text.order : text.pool}</Typography>
      <VideoOrder videos={videos} chosen={draft.videos} ordered={ordered} onChange={(ids) => change({ videos: ids })} />
      {ordered && (
        <TextField
          type="date"
          label={text.start}
          value={draft.startDate}
          onChange={({ target }) => change({ startDate: target.value })}
          slotProps={{ inputLabel: { shrink: true } }}
          sx={{ maxWidth: 220 }}
        />
      )}
    </Stack>
  );
}
