import { Box, Skeleton, Stack, Switch, Tab, Tabs, Tooltip } from '@mui/material';
import { lazy, Suspense } from 'react';
import { useParams, useSearchParams } from 'react-router';
import type { Tagged } from '../../api/client';
import { CopyButton } from '../../ui/copy-button';
import { PageHead } from '../../ui/page-head';
import { ProblemAlert } from '../../ui/problem-alert';
import { ScoreRing } from '../../ui/score';
import { useSnack } from '../../ui/snack';
import { useText } from '../../words';
import { AboutTab } from './about-tab';
import { type Content, useContent, useUpdateContent } from './queries';
import { StatusChip } from './status-chip';
import { contentWords } from './words';

const TABS = {
  about: AboutTab,
  videos: lazy(() => import('../videos/videos-tab')),
  rotation: lazy(() => import('../rotation/rotation-tab')),
  quality: lazy(() => import('../quality/quality-tab')),
  print: lazy(() => import('../print/print-tab')),
  preview: lazy(() => import('./preview-tab')),
  figures: lazy(() => import('../analytics/figures-tab')),
};

type TabName = keyof typeof TABS;

export function Component() {
  const { id = '' } = useParams();
  const content = useContent(id);
  if (content.error) return <ProblemAlert error={content.error} retry={() => void content.refetch()} />;
  return content.data ? <ContentView content={content.data} /> : <Skeleton variant="rounded" height={240} />;
}

function ContentView({ content }: { content: Tagged<Content> }) {
  const text = useText(contentWords);
  const [params, setParams] = useSearchParams();
  const asked = params.get('tab') ?? 'about';
  const tab = (asked in TABS ? asked : 'about') as TabName;
  const Shown = TABS[tab];
  return (
    <>
      <Head content={content} />
      <Tabs
        value={tab}
        variant="scrollable"
        allowScrollButtonsMobile
        onChange={(_, next: TabName) => setParams(next === 'about' ? {} : { tab: next }, { replace: true })}
      >
        {Object.keys(TABS).map((name) => (
          <Tab key={name} value={name} label={text.tabs[name as TabName]} id={`tab-${name}`} aria-controls="tab-panel" />
        ))}
      </Tabs>
      <Box role="tabpanel" id="tab-panel" aria-labelledby={`tab-${tab}`} sx={{ pt: 3 }}>
        <Suspense fallback={<Skeleton variant="rounded" height={200} />}>
          <Shown content={content} />
        </Suspense>
      </Box>
    </>
  );
}

function Head({ content }: { content: Tagged<Content> }) {
  const text = useText(contentWords);
  const update = useUpdateContent();
  const snack = useSnack();
  const { id, title, trackability: score, viewer_url: link, is_active: active } = content;
  const toggle = () => update.mutate({ id, body: { is_active: !active } }, { onError: snack.failed });
  return (
    <PageHead title={title}>
      <Stack direction="row" spacing={1} sx={{ alignItems: 'center' }}>
        <StatusChip content={content} />
        {score != null && <ScoreRing score={score} label={text.scoreOf(score)} />}
        <Tooltip title={active ? text.active : text.inactive}>
          <Switch checked={active} onChange={toggle} slotProps={{ input: { 'aria-label': active ? text.active : text.inactive } }} />
        </Tooltip>
        <CopyButton value={link} label={text.copyLink} />
      </Stack>
    </PageHead>
  );
}
