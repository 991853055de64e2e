import { Alert, Button, Snackbar } from '@mui/material';
import { createContext, type ReactNode, useCallback, useContext, useState } from 'react';
import { useText } from '../words';
import { common } from '../words/common';
import { explain } from './explain';

interface Message {
  text: string;
  severity: 'success' | 'error' | 'info';
  undo?: (() => void) | undefined;
}

interface Snack {
  /** Says that something was done, with a way back if there is one. */
  done: (text: string, undo?: () => void) => void;
  /** Says what went wrong. */
  failed: (error: unknown) => void;
}

const Context = createContext<Snack | null>(null);

/** Shows one message after the other at the foot of the page. */
export function SnackProvider({ children }: { children: ReactNode }) {
  const text = useText(common);
  const [queue, setQueue] = useState<Message[]>([]);
  const done = useCallback<Snack['done']>((text, undo) => setQueue((all) => [...all, { text, severity: 'success', undo }]), []);
  const failed = useCallback<Snack['failed']>(
    (error) => setQueue((all) => [...all, { text: explain(error, text), severity: 'error' }]),
    [text],
  );
  const next = () => setQueue((all) => all.slice(1));
  const [shown] = queue;
  const undo = shown?.undo && (
    <Button
      color="inherit"
      size="small"
      onClick={() => {
        shown.undo?.();
        next();
      }}
    >
      {text.undo}
    </Button>
  );
  return (
    <Context value={{ done, failed }}>
      {children}
      <Snackbar
        key={queue.length}
        open={shown !== undefined}
        autoHideDuration={shown?.severity === 'error' ? 10_000 : 5000}
        onClose={(_, reason) => reason !== 'clickaway' && next()}
      >
        <Alert severity={shown?.severity ?? 'info'} variant="filled" onClose={next} action={undo}>
          {shown?.text}
        </Alert>
      </Snackbar>
    </Context>
  );
}

/** The messages at the foot of the page. */
export function useSnack(): Snack {
  const snack = useContext(Context);
  if (!snack) throw new Error('SnackProvider is missing');
  return snack;
}
