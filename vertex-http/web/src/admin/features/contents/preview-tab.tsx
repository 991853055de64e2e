import { Alert, Box, Button, Stack, Typography } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { api, data } from '../../api/client';
import { ProblemAlert } from '../../ui/problem-alert';
import { dictionary, useText } from '../../words';
import type { Content } from './queries';
import { contentWords } from './words';

const previewWords = dictionary(
  {
    scan: 'Scan this code with a phone and point it at the picture, on paper or on a screen.',
    nothing: 'Nothing plays now: there is no video, or it is switched off or expired.',
    playing: (title: string) => `Now plays: ${title}`,
    code: 'QR code of the viewer',
  },
  {
    scan: 'Отсканируйте код телефоном и наведите его на изображение — на бумаге или на экране.',
    nothing: 'Сейчас ничего не воспроизводится: видео нет, показ выключен или срок истёк.',
    playing: (title: string) => `Сейчас идёт: ${title}`,
    code: 'QR-код просмотра',
  },
);

/** What a viewer sees now, without a camera. */
export default function PreviewTab({ content }: { content: Content }) {
  const text = useText(previewWords);
  const words = useText(contentWords);
  const path = { unique_id: content.unique_id };
  const playing = useQuery({
    queryKey: ['contents', content.id, 'playing'],
    queryFn: () => data(api.GET('/api/ar/{unique_id}/active-video', { params: { path } })),
  });
  if (playing.error) return <ProblemAlert error={playing.error} />;
  const video = playing.data?.video;
  return (
    <Stack direction={{ xs: 'column', md: 'row' }} spacing={4}>
      <Box
        sx={{
          width: 300,
          maxWidth: '100%',
          p: 1.5,
          borderRadius: 6,
          bgcolor: 'common.black',
          aspectRatio: '9 / 17',
          display: 'grid',
          placeItems: 'center',
          overflow: 'hidden',
        }}
      >
        {video ? (
          <Box
            component="video"
            key={video.id}
            src={video.url}
            poster={video.preview_url ?? content.preview_url ?? undefined}
            controls
            muted
            loop
            playsInline
            sx={{ width: '100%', borderRadius: 1 }}
          />
        ) : (
          <Box component="img" src={content.preview_url ?? content.image_url} alt="" sx={{ width: '100%', opacity: 0.5 }} />
        )}
      </Box>
      <Stack spacing={2} sx={{ maxWidth: 360 }}>
        {video ? <Typography>{text.playing(video.title)}</Typography> : <Alert severity="info">{text.nothing}</Alert>}
        {content.qr_url && (
          <Box component="img" src={content.qr_url} alt={text.code} sx={{ width: 200, bgcolor: 'common.white', p: 1, borderRadius: 1 }} />
        )}
        <Typography color="textSecondary">{text.scan}</Typography>
        <Button href={content.viewer_url} target="_blank" rel="noopener" variant="outlined">
          {words.open}
        </Button>
      </Stack>
    </Stack>
  );
}
