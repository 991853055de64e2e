import { Button, Dialog, DialogActions, DialogContent, DialogTitle, Stack, useMediaQuery, useTheme } from '@mui/material';
import type { ReactNode } from 'react';
import { type FieldValues, FormProvider, type UseFormReturn } from 'react-hook-form';
import { useText } from '../../words';
import { common } from '../../words/common';
import { ProblemAlert } from '../problem-alert';
import { useSubmit } from './submit';

interface Props<T extends FieldValues> {
  open: boolean;
  title: string;
  form: UseFormReturn<T>;
  /** Sends what was typed; what it throws is shown in the form. */
  save: (values: T) => Promise<unknown>;
  /** Called when it is saved, and when it is left without unless there is `cancel`. */
  close: () => void;
  cancel?: () => void;
  action?: string;
  children: ReactNode;
}

/** A form over the page, the whole screen on a phone. */
export function FormDialog<T extends FieldValues>({ open, title, form, save, close, cancel = close, action, children }: Props<T>) {
  const text = useText(common);
  const theme = useTheme();
  const full = useMediaQuery(theme.breakpoints.down('sm'));
  const { submit, problem, reset } = useSubmit(form, async (values) => {
    await save(values);
    close();
  });
  const leave = () => {
    reset();
    cancel();
  };
  return (
    <Dialog open={open} onClose={leave} fullScreen={full} fullWidth maxWidth="sm" aria-labelledby="form-title">
      <FormProvider {...form}>
        <form onSubmit={submit} noValidate>
          <DialogTitle id="form-title">{title}</DialogTitle>
          <DialogContent>
            <Stack spacing={2} sx={{ pt: 1 }}>
              {children}
              {problem !== null && <ProblemAlert error={problem} />}
            </Stack>
          </DialogContent>
          <DialogActions>
            <Button onClick={leave}>{text.cancel}</Button>
            <Button type="submit" variant="contained" loading={form.formState.isSubmitting}>
              {action ?? text.save}
            </Button>
          </DialogActions>
        </form>
      </FormProvider>
    </Dialog>
  );
}
