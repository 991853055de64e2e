import { zodResolver } from '@hookform/resolvers/zod';
import { Typography } from '@mui/material';
import { useForm } from 'react-hook-form';
import * as z from 'zod/mini';
import { Field } from '../../ui/form/fields';
import { FormDialog } from '../../ui/form/form-dialog';
import { useText } from '../../words';
import type { Video } from './queries';
import { toInput, toInstant } from './window';
import { videoWords } from './words';

interface Props {
  video: Video;
  save: (window: { starts_at: string | null; ends_at: string | null }) => Promise<unknown>;
  close: () => void;
}

/** From when until when a video may play, in the time of this device. */
export function WindowDialog({ video, save, close }: Props) {
  const text = useText(videoWords);
  const form = useForm({
    resolver: zodResolver(z.object({ starts_at: z.string(), ends_at: z.string() })),
    defaultValues: { starts_at: toInput(video.starts_at), ends_at: toInput(video.ends_at) },
  });
  const shrink = { inputLabel: { shrink: true } };
  return (
    <FormDialog
      open
      title={text.windowTitle}
      form={form}
      save={({ starts_at, ends_at }) => save({ starts_at: toInstant(starts_at), ends_at: toInstant(ends_at) })}
      close={close}
    >
      <Field name="starts_at" label={text.from} type="datetime-local" slotProps={shrink} />
      <Field name="ends_at" label={text.until} type="datetime-local" slotProps={shrink} />
      <Typography variant="body2" color="textSecondary">
        {text.windowHint}
      </Typography>
    </FormDialog>
  );
}
