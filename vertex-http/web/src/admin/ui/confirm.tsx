import { Button, Dialog, DialogActions, DialogContent, DialogContentText, DialogTitle } from '@mui/material';
import { createContext, type ReactNode, useCallback, useContext, useState } from 'react';
import { useText } from '../words';
import { common } from '../words/common';

interface Question {
  title: string;
  /** What will be lost. */
  detail: string;
  /** The word on the button that does it. */
  confirm: string;
}

type Ask = (question: Question) => Promise<boolean>;

const Context = createContext<Ask | null>(null);

/** Asks before something is lost. */
export function ConfirmProvider({ children }: { children: ReactNode }) {
  const text = useText(common);
  const [asked, setAsked] = useState<(Question & { answer: (yes: boolean) => void }) | null>(null);
  const ask = useCallback<Ask>((question) => new Promise((answer) => setAsked({ ...question, answer })), []);
  const answer = (yes: boolean) => {
    asked?.answer(yes);
    setAsked(null);
  };
  return (
    <Context value={ask}>
      {children}
      <Dialog open={asked !== null} onClose={() => answer(false)} aria-labelledby="confirm-title">
        <DialogTitle id="confirm-title">{asked?.title}</DialogTitle>
        <DialogContent>
          <DialogContentText>{asked?.detail}</DialogContentText>
        </DialogContent>
        <DialogActions>
          <Button onClick={() => answer(false)}>{text.cancel}</Button>
          <Button color="error" variant="contained" autoFocus onClick={() => answer(true)}>
            {asked?.confirm}
          </Button>
        </DialogActions>
      </Dialog>
    </Context>
  );
}

/** Resolves to whether somebody agreed. */
export function useConfirm(): Ask {
  const ask = useContext(Context);
  if (!ask) throw new Error('ConfirmProvider is missing');
  return ask;
}
