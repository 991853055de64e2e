import { Button, Paper, Typography } from '@mui/material';
import { useConfirm } from '../../ui/confirm';
import { useSnack } from '../../ui/snack';
import { useText } from '../../words';
import { common } from '../../words/common';
import { useBulkWork, type Work } from './queries';
import { contentWords } from './words';

interface Props {
  ids: string[];
  deleted: boolean;
  clear: () => void;
}

/** What can be done with all pictures that are picked. */
export function BulkBar({ ids, deleted, clear }: Props) {
  const text = useText(contentWords);
  const words = useText(common);
  const bulk = useBulkWork();
  const snack = useSnack();
  const confirm = useConfirm();
  if (ids.length === 0) return null;
  const perform = async (work: Work) => {
    const { done, failed } = await bulk.mutateAsync({ work, ids });
    clear();
    if (failed.length > 0) snack.failed(new Error(text.someFailed(failed.length)));
    if (done === 0) return;
    const undo = work.kind === 'delete' ? () => bulk.mutate({ work: { kind: 'restore' }, ids }) : undefined;
    snack.done(work.kind === 'delete' ? text.deleted(done) : text.changed(done), undo);
  };
  const remove = async () => {
    const question = { title: text.deleteMany(ids.length), detail: text.deleteHint, confirm: words.delete };
    if (await confirm(question)) await perform({ kind: 'delete' });
  };
  const button = (label: string, work: Work) => (
    <Button size="small" disabled={bulk.isPending} onClick={() => void perform(work)}>
      {label}
    </Button>
  );
  return (
    <Paper
      elevation={6}
      sx={{ position: 'sticky', bottom: 12, zIndex: 2, mt: 2, p: 1, display: 'flex', alignItems: 'center', gap: 1, flexWrap: 'wrap' }}
    >
      <Typography sx={{ px: 1, fontWeight: 600 }} role="status">
        {text.picked(ids.length)}
      </Typography>
      {deleted ? (
        button(text.restore, { kind: 'restore' })
      ) : (
        <>
          {button(text.switchOn, { kind: 'change', body: { is_active: true } })}
          {button(text.switchOff, { kind: 'change', body: { is_active: false } })}
          {button(text.makeAgain, { kind: 'generate' })}
          <Button size="small" color="error" disabled={bulk.isPending} onClick={() => void remove()}>
            {words.delete}
          </Button>
        </>
      )}
      <Button size="small" color="inherit" sx={{ ml: 'auto' }} onClick={clear}>
        {words.cancel}
      </Button>
    </Paper>
  );
}
