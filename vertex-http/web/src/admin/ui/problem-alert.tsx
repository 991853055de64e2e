import { Alert, Button } from '@mui/material';
import { Problem } from '../api/problem';
import { useText } from '../words';
import { common } from '../words/common';
import { explain } from './explain';

/** Says what went wrong in the place where the answer was to be shown. */
export function ProblemAlert({ error, retry }: { error: unknown; retry?: () => void }) {
  const text = useText(common);
  const request = error instanceof Problem && error.status >= 500 && error.requestId;
  return (
    <Alert
      severity="error"
      action={
        retry && (
          <Button color="inherit" size="small" onClick={retry}>
            {text.retry}
          </Button>
        )
      }
    >
      {explain(error, text)}
      {request && ` ${text.requestId}: ${request}`}
    </Alert>
  );
}
