import CollapseIcon from '@mui/icons-material/ExpandMore';
import { Alert, Box, Button, Collapse, IconButton, LinearProgress, Paper, Stack, Typography } from '@mui/material';
import { useEffect, useState } from 'react';
import { Link } from 'react-router';
import { explain } from '../../ui/explain';
import { level, ScoreRing } from '../../ui/score';
import { useText } from '../../words';
import { common } from '../../words/common';
import { useContent } from '../contents/queries';
import { contentWords } from '../contents/words';
import { useUploadRunner } from './runner';
import { type Upload, useUploads } from './store';
import { uploadWords } from './words';

/** What is being uploaded, at the foot of every page, with the verdict on each picture. */
export default function UploadsPanel() {
  const text = useText(uploadWords);
  const { uploads, leftOver, clear } = useUploads();
  const [open, setOpen] = useState(true);
  useUploadRunner();
  const done = uploads.filter(({ state }) => state === 'done').length;
  return (
    <Paper
      elevation={8}
      component="section"
      aria-label={text.title(done, uploads.length)}
      sx={{ position: 'fixed', right: 16, bottom: 16, width: 420, maxWidth: 'calc(100vw - 32px)', zIndex: 1100 }}
    >
      <Stack direction="row" sx={{ alignItems: 'center', px: 2, py: 1 }}>
        <Typography role="status" sx={{ fontWeight: 600, flexGrow: 1 }}>
          {text.title(done, uploads.length)}
        </Typography>
        <Button size="small" onClick={clear}>
          {text.clear}
        </Button>
        <IconButton size="small" aria-label={open ? text.hide : text.show} aria-expanded={open} onClick={() => setOpen(!open)}>
          <CollapseIcon sx={{ transform: open ? 'none' : 'rotate(180deg)' }} />
        </IconButton>
      </Stack>
      <Collapse in={open}>
        <Stack spacing={1} sx={{ maxHeight: '50vh', overflowY: 'auto', px: 2, pb: 2 }}>
          {leftOver.length > 0 && <Alert severity="warning">{text.leftOver(leftOver.map(({ name }) => name).join(', '))}</Alert>}
          {uploads.map((upload) => (
            <Row key={upload.key} upload={upload} />
          ))}
        </Stack>
      </Collapse>
    </Paper>
  );
}

function Row({ upload }: { upload: Upload }) {
  const text = useText(uploadWords);
  const words = useText(common);
  const update = useUploads(({ update }) => update);
  const { key, title, picture, videos, state, progress, contentId, error } = upload;
  return (
    <Stack direction="row" spacing={1.5} sx={{ alignItems: 'center' }}>
      <Thumbnail file={picture} />
      <Box sx={{ flexGrow: 1, minWidth: 0 }}>
        <Typography noWrap variant="body2" sx={{ fontWeight: 600 }}>
          {title} · {text.videos(videos.length)}
        </Typography>
        {state === 'sending' && <LinearProgress variant="determinate" value={100 * progress} aria-label={title} sx={{ my: 0.5 }} />}
        {state === 'failed' ? (
          <Typography variant="body2" color="error">
            {explain(error, words)}
          </Typography>
        ) : contentId !== null && (state === 'making' || state === 'done') ? (
          <Verdict upload={upload} contentId={contentId} />
        ) : (
          <Typography variant="body2" color="textSecondary">
            {text.state[state]}
          </Typography>
        )}
      </Box>
      {state === 'failed' && (
        <Button size="small" onClick={() => update(key, { state: 'waiting', error: null })}>
          {text.again}
        </Button>
      )}
      {contentId !== null && (
        <Button size="small" component={Link} to={`/contents/${contentId}`}>
          {text.open}
        </Button>
      )}
    </Stack>
  );
}

/** Whether the picture will work, once it has been measured. */
function Verdict({ upload, contentId }: { upload: Upload; contentId: string }) {
  const text = useText(uploadWords);
  const words = useText(contentWords);
  const update = useUploads(({ update }) => update);
  const { data: content } = useContent(contentId);
  const score = content?.trackability;
  const isOver = score != null || content?.marker_status === 'failed';
  useEffect(() => {
    if (isOver && upload.state !== 'done') update(upload.key, { state: 'done' });
  }, [isOver, upload.state, upload.key, update]);
  if (score == null) {
    return (
      <Typography variant="body2" color="textSecondary">
        {content?.marker_error ?? text.state.making}
      </Typography>
    );
  }
  return (
    <Stack direction="row" spacing={1} sx={{ alignItems: 'center' }}>
      <ScoreRing score={score} label={words.scoreOf(score)} size={30} />
      <Typography variant="body2">{text[level(score)]}</Typography>
    </Stack>
  );
}

function Thumbnail({ file }: { file: File }) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return (
    <Box component="img" src={url} alt="" sx={{ width: 40, height: 40, objectFit: 'cover', borderRadius: 1, bgcolor: 'action.hover' }} />
  );
}
