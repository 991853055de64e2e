import CheckIcon from '@mui/icons-material/Check';
import CloseIcon from '@mui/icons-material/Close';
import RemoveIcon from '@mui/icons-material/Remove';
import { Alert, Button, Card, CardContent, List, ListItem, ListItemIcon, ListItemText, Stack, Typography } from '@mui/material';
import { useState } from 'react';
import type { Schema } from '../../api/client';
import { ProblemAlert } from '../../ui/problem-alert';
import { useSnack } from '../../ui/snack';
import { useLocale, useText } from '../../words';
import { isAtLeast, useMe } from '../auth/queries';
import { Meter } from './meter';
import { placeDetail, sameAgain } from './place';
import { type Storage, type Usage, useStorageActions } from './queries';
import { QuotaDialog } from './quota-dialog';
import { storageWords } from './words';

interface Props {
  company: string;
  storage: Storage;
  usage: Usage;
}

/** Where the files are, how much there is, and whether the place works. */
export function PresentPlace({ company, storage, usage }: Props) {
  const text = useText(storageWords);
  const { size } = useLocale();
  const me = useMe();
  const operates = isAtLeast(me.role, 'superadmin');
  const { test, defaultQuota } = useStorageActions(company);
  const snack = useSnack();
  const [changing, setChanging] = useState(false);
  return (
    <Card variant="outlined">
      <CardContent>
        <Stack spacing={2}>
          <Typography variant="h2">{text.now}</Typography>
          <Typography>
            {text.kinds[storage.kind] ?? storage.kind}{' '}
            <Typography component="span" color="textSecondary">
              {placeDetail(storage)}
            </Typography>
          </Typography>
          {storage.withdrawn_at && <Alert severity="error">{text.withdrawn}</Alert>}
          {storage.move && <Movement company={company} storage={storage} move={storage.move} />}
          <Meter label={text.space} used={usage.bytes + usage.reserved_bytes} limit={usage.max_bytes} say={size} />
          <Meter label={text.files} used={usage.files} limit={usage.max_files} say={text.count} />
          {usage.is_default && (
            <Typography variant="body2" color="textSecondary">
              {text.defaultQuota}
            </Typography>
          )}
          <Stack direction="row" spacing={1}>
            <Button variant="outlined" loading={test.isPending} onClick={() => test.mutate(undefined)}>
              {text.test}
            </Button>
            {operates && <Button onClick={() => setChanging(true)}>{text.quota}</Button>}
            {operates && !usage.is_default && (
              <Button loading={defaultQuota.isPending} onClick={() => defaultQuota.mutate(undefined, { onError: snack.failed })}>
                {text.toDefault}
              </Button>
            )}
          </Stack>
          {test.error && <ProblemAlert error={test.error} />}
          {test.data && <Steps test={test.data} />}
        </Stack>
      </CardContent>
      {changing && <QuotaDialog company={company} usage={usage} close={() => setChanging(false)} />}
    </Card>
  );
}

const ICONS: Record<string, React.ReactNode> = {
  passed: <CheckIcon color="success" />,
  failed: <CloseIcon color="error" />,
  skipped: <RemoveIcon color="disabled" />,
};

function Steps({ test: { works, steps } }: { test: Schema['StorageTest'] }) {
  const text = useText(storageWords);
  return (
    <div role="status">
      <Typography color={works ? 'success' : 'error'}>{works ? text.works : text.fails}</Typography>
      <List dense>
        {steps.map(({ step, outcome, problem }) => (
          <ListItem key={step} disableGutters>
            <ListItemIcon sx={{ minWidth: 36 }}>{ICONS[outcome]}</ListItemIcon>
            <ListItemText primary={text.steps[step] ?? step} secondary={problem} />
          </ListItem>
        ))}
      </List>
    </div>
  );
}

function Movement({ company, storage, move }: { company: string; storage: Storage; move: Schema['StorageMove'] }) {
  const text = useText(storageWords);
  const { size } = useLocale();
  const actions = useStorageActions(company);
  const snack = useSnack();
  const done = `${text.count(move.objects)}, ${size(move.bytes)}`;
  const problem = move.problem ?? '';
  if (move.state === 'failed') {
    const again = (
      <Button color="inherit" size="small" onClick={() => actions.move.mutate(sameAgain(storage), { onError: snack.failed })}>
        {text.goOn}
      </Button>
    );
    return (
      <Alert severity="error" action={again}>
        {text.failed(done, problem)}
      </Alert>
    );
  }
  if (move.state === 'not_emptied') return <Alert severity="warning">{text.notEmptied(done, problem)}</Alert>;
  return <Alert severity="info">{move.state === 'moved' ? text.moved(done) : text.moving(done)}</Alert>;
}
