import { Skeleton, Stack } from '@mui/material';
import { useParams } from 'react-router';
import { PageHead } from '../../ui/page-head';
import { ProblemAlert } from '../../ui/problem-alert';
import { useText } from '../../words';
import { isAtLeast, useMe } from '../auth/queries';
import { PlaceForm } from './place-form';
import { PresentPlace } from './present-place';
import { useStorage, useUsage } from './queries';
import { Sweep } from './sweep';
import { storageWords } from './words';

/** Where a company's files live, how much there is, and the ways to another place. */
export function Component() {
  const { id = '' } = useParams();
  const text = useText(storageWords);
  const me = useMe();
  const storage = useStorage(id);
  const usage = useUsage(id);
  const error = storage.error ?? usage.error;
  const shown = storage.data && usage.data && { company: id, storage: storage.data, usage: usage.data };
  return (
    <>
      <PageHead title={text.title} />
      {error && <ProblemAlert error={error} retry={() => void storage.refetch()} />}
      {!shown && !error && <Skeleton variant="rounded" height={320} />}
      {shown && (
        <Stack spacing={3} sx={{ maxWidth: 640 }}>
          <PresentPlace {...shown} />
          <PlaceForm key={shown.storage.kind} {...shown} />
          {isAtLeast(me.role, 'superadmin') && <Sweep company={id} />}
        </Stack>
      )}
    </>
  );
}
