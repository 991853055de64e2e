import { Button, Stack, Typography } from '@mui/material';
import { useEffect } from 'react';
import { isRouteErrorResponse, Link, useRouteError } from 'react-router';
import { Problem } from '../api/problem';
import { useText } from '../words';
import { shellWords } from './words';

const RELOADED = 'vertex-reloaded';

/** What stands in place of a page that failed. A page whose parts are gone since a new release is loaded again, once. */
export function PageError() {
  const text = useText(shellWords);
  const error = useRouteError();
  const outdated = error instanceof TypeError && /module/i.test(error.message) && !sessionStorage.getItem(RELOADED);
  useEffect(() => {
    if (!outdated) return;
    sessionStorage.setItem(RELOADED, 'yes');
    location.reload();
  }, [outdated]);
  const missing = (isRouteErrorResponse(error) || error instanceof Problem) && error.status === 404;
  return (
    <Stack spacing={2} sx={{ alignItems: 'center', py: 10, textAlign: 'center' }}>
      <Typography variant="h1">{missing ? text.notFound : text.broken}</Typography>
      <Typography color="textSecondary">{missing ? text.notFoundHint : text.brokenHint}</Typography>
      {!missing && error instanceof Error && <Typography variant="body2">{error.message}</Typography>}
      <Stack direction="row" spacing={1}>
        <Button component={Link} to="/" variant="contained">
          {text.home}
        </Button>
        {!missing && <Button onClick={() => location.reload()}>{text.reload}</Button>}
      </Stack>
    </Stack>
  );
}
