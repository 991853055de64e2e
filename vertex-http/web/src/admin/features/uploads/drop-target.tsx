import { Box, Typography } from '@mui/material';
import { useEffect, useState } from 'react';
import { useText } from '../../words';
import { droppedFiles } from './dropped-files';
import { useUploads } from './store';
import { uploadWords } from './words';

const carriesFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') ?? false;

/** Takes files and folders that are dropped anywhere on the page. */
export function DropTarget() {
  const text = useText(uploadWords);
  const add = useUploads(({ add }) => add);
  const [over, setOver] = useState(false);
  useEffect(() => {
    const listening = new AbortController();
    const listen = (type: 'dragover' | 'dragleave' | 'drop', hear: (event: DragEvent) => void) =>
      document.addEventListener(type, (event) => carriesFiles(event) && hear(event), { signal: listening.signal });
    listen('dragover', (event) => {
      event.preventDefault();
      setOver(true);
    });
    listen('dragleave', (event) => event.relatedTarget === null && setOver(false));
    listen('drop', (event) => {
      event.preventDefault();
      setOver(false);
      if (event.dataTransfer) void droppedFiles(event.dataTransfer).then(add);
    });
    return () => listening.abort();
  }, [add]);
  if (!over) return null;
  return (
    <Box
      sx={{
        position: 'fixed',
        inset: 8,
        zIndex: 2000,
        display: 'grid',
        placeContent: 'center',
        textAlign: 'center',
        pointerEvents: 'none',
        border: '3px dashed',
        borderColor: 'primary.main',
        borderRadius: 3,
        bgcolor: 'background.paper',
        opacity: 0.92,
      }}
    >
      <Typography variant="h1" component="p">
        {text.drop}
      </Typography>
      <Typography color="textSecondary">{text.dropHint}</Typography>
    </Box>
  );
}
