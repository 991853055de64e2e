import AddIcon from '@mui/icons-material/Add';
import CloseIcon from '@mui/icons-material/Close';
import { Button, IconButton, MenuItem, Stack, TextField, Typography } from '@mui/material';
import { useText } from '../../words';
import type { Video } from '../videos/queries';
import { overlapped, type Range } from './draft';
import { rotationWords } from './words';

interface Props {
  videos: Video[];
  ranges: Range[];
  onChange: (ranges: Range[]) => void;
}

/** Days, and what plays on them: the first line that holds wins. */
export function DateRanges({ videos, ranges, onChange }: Props) {
  const text = useText(rotationWords);
  const covered = overlapped(ranges);
  const update = (index: number, change: Partial<Range>) =>
    onChange(ranges.map((range, at) => (at === index ? { ...range, ...change } : range)));
  const shrink = { inputLabel: { shrink: true } };
  return (
    <Stack spacing={1.5}>
      {ranges.map((range, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name of their own, and stay in their order
        <Stack key={index} spacing={0.5}>
          <Stack direction={{ xs: 'column', sm: 'row' }} spacing={1}>
            <TextField
              type="date"
              label={text.from}
              value={range.start_date}
              onChange={({ target }) => update(index, { start_date: target.value })}
              slotProps={shrink}
            />
            <TextField
              type="date"
              label={text.until}
              value={range.end_date}
              onChange={({ target }) => update(index, { end_date: target.value })}
              slotProps={shrink}
            />
            <TextField
              select
              label={text.video}
              value={range.video_id}
              onChange={({ target }) => update(index, { video_id: target.value })}
            >
              {videos.map(({ id, title }) => (
                <MenuItem key={id} value={id}>
                  {title}
                </MenuItem>
              ))}
            </TextField>
            <IconButton aria-label={text.remove} onClick={() => onChange(ranges.filter((_, at) => at !== index))}>
              <CloseIcon fontSize="small" />
            </IconButton>
          </Stack>
          {covered.has(index) && (
            <Typography variant="body2" color="warning">
              {text.overlaps}
            </Typography>
          )}
        </Stack>
      ))}
      <Button
        startIcon={<AddIcon />}
        sx={{ alignSelf: 'start' }}
        onClick={() => onChange([...ranges, { start_date: '', end_date: '', video_id: videos[0]?.id ?? '' }])}
      >
        {text.addRange}
      </Button>
      <Typography variant="body2" color="textSecondary">
        {text.drawHint}
      </Typography>
    </Stack>
  );
}
