import { Alert, Button, Card, CardContent, Stack } from '@mui/material';
import { useConfirm } from '../../ui/confirm';
import { ProblemAlert } from '../../ui/problem-alert';
import { useLocale, useText } from '../../words';
import { useStorageActions } from './queries';
import { storageWords } from './words';

/** Finds files without a row and rows without a file, and removes them when told so. */
export function Sweep({ company }: { company: string }) {
  const text = useText(storageWords);
  const { size } = useLocale();
  const { sweep } = useStorageActions(company);
  const confirm = useConfirm();
  const found = sweep.data;
  const isClean = found !== undefined && found.object_count === 0 && found.row_count === 0;
  const remove = async () => {
    if (await confirm({ title: `${text.sweepDelete}?`, detail: text.sweepDeleteHint, confirm: text.sweepDelete })) sweep.mutate(true);
  };
  return (
    <Card variant="outlined">
      <CardContent>
        <Stack spacing={2} sx={{ alignItems: 'start' }}>
          <Button variant="outlined" loading={sweep.isPending} onClick={() => sweep.mutate(false)}>
            {text.sweep}
          </Button>
          {sweep.error && <ProblemAlert error={sweep.error} />}
          {isClean && <Alert severity="success">{text.sweepNothing}</Alert>}
          {found && !isClean && (
            <Alert
              severity="warning"
              action={
                !found.removed && (
                  <Button color="inherit" size="small" onClick={() => void remove()}>
                    {text.sweepDelete}
                  </Button>
                )
              }
            >
              {text.sweepFound(`${text.count(found.object_count)}, ${size(found.object_bytes)}`, found.row_count)}
            </Alert>
          )}
        </Stack>
      </CardContent>
    </Card>
  );
}
