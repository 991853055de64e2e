import AddIcon from '@mui/icons-material/Add';
import { Box, Button, Card, Chip, LinearProgress, Skeleton, Stack, Typography } from '@mui/material';
import { useRef, useState } from 'react';
import { Empty } from '../../ui/empty';
import { ProblemAlert } from '../../ui/problem-alert';
import { useSnack } from '../../ui/snack';
import { useLocale, useText } from '../../words';
import type { Content } from '../contents/queries';
import { useVideoActions, useVideos, type Video } from './queries';
import { VideoMenu } from './video-menu';
import { videoWords } from './words';

/** The videos of a content. */
export default function VideosTab({ content }: { content: Content }) {
  const text = useText(videoWords);
  const videos = useVideos(content.id);
  if (videos.error) return <ProblemAlert error={videos.error} retry={() => void videos.refetch()} />;
  if (!videos.data) return <Skeleton variant="rounded" height={160} />;
  return (
    <Stack spacing={2}>
      <AddVideos content={content.id} />
      {videos.data.items.length === 0 && <Empty title={text.empty} hint={text.emptyHint} />}
      {videos.data.items.map((video) => (
        <VideoRow key={video.id} video={video} />
      ))}
    </Stack>
  );
}

function AddVideos({ content }: { content: string }) {
  const text = useText(videoWords);
  const { add } = useVideoActions(content);
  const snack = useSnack();
  const input = useRef<HTMLInputElement>(null);
  const [sending, setSending] = useState<{ name: string; share: number } | null>(null);
  const sendAll = async (files: File[]) => {
    for (const file of files) {
      const onProgress = (bytes: number) => setSending({ name: file.name, share: bytes / file.size });
      await add.mutateAsync({ file, onProgress }).catch(snack.failed);
    }
    setSending(null);
  };
  return (
    <Box>
      <Button variant="contained" startIcon={<AddIcon />} disabled={sending !== null} onClick={() => input.current?.click()}>
        {text.add}
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept="video/mp4,video/quicktime,video/webm,.mov,.m4v"
        onChange={(event) => {
          void sendAll([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
      {sending && (
        <Box role="status" sx={{ mt: 1, maxWidth: 420 }}>
          <Typography variant="body2">{text.sending(sending.name)}</Typography>
          <LinearProgress variant="determinate" value={100 * sending.share} aria-label={text.sending(sending.name)} />
        </Box>
      )}
    </Box>
  );
}

function VideoRow({ video }: { video: Video }) {
  const text = useText(videoWords);
  const { size, duration, instant } = useLocale();
  const [playing, setPlaying] = useState(false);
  const {
    title,
    preview_url: preview,
    url,
    duration_seconds: seconds,
    bytes,
    width,
    height,
    codec,
    starts_at: from,
    ends_at: until,
  } = video;
  const facts = [seconds != null && duration(seconds), size(bytes), width && height && `${width} × ${height}`, codec];
  const window = text.windowText(from ? instant(from) : null, until ? instant(until) : null);
  return (
    <Card variant="outlined" sx={{ p: 1.5, opacity: video.status === 'archived' ? 0.6 : 1 }}>
      <Stack direction="row" spacing={2} sx={{ alignItems: 'center' }}>
        <Button
          aria-label={`${text.play}: ${title}`}
          aria-expanded={playing}
          onClick={() => setPlaying(!playing)}
          sx={{ p: 0, minWidth: 84 }}
        >
          <Box
            component="img"
            src={preview ?? undefined}
            alt=""
            sx={{ width: 84, height: 84, objectFit: 'contain', bgcolor: 'action.hover', borderRadius: 1 }}
          />
        </Button>
        <Box sx={{ flexGrow: 1, minWidth: 0 }}>
          <Typography noWrap sx={{ fontWeight: 600 }}>
            {title}
          </Typography>
          <Typography variant="body2" color="textSecondary">
            {facts.filter(Boolean).join(' · ')}
          </Typography>
          <Stack direction="row" useFlexGap spacing={1} sx={{ mt: 0.5, flexWrap: 'wrap', rowGap: 0.5 }}>
            {video.is_active && <Chip size="small" color="primary" label={text.plays} />}
            {video.status === 'archived' && <Chip size="small" variant="outlined" label={text.archived} />}
            {window && <Chip size="small" variant="outlined" label={window} />}
          </Stack>
        </Box>
        <VideoMenu video={video} />
      </Stack>
      {playing && (
        <Box
          component="video"
          src={url}
          controls
          autoPlay
          playsInline
          sx={{ width: '100%', maxHeight: 420, mt: 1.5, bgcolor: 'common.black', borderRadius: 1 }}
        />
      )}
    </Card>
  );
}
