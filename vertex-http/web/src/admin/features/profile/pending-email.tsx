import { Alert, Button } from '@mui/material';
import { api } from '../../api/client';
import { useChange } from '../../api/resource';
import { useSnack } from '../../ui/snack';
import { dictionary, useText } from '../../words';

const pendingWords = dictionary(
  {
    waits: (address: string) =>
      `${address} is not confirmed yet: follow the link in the email that was sent there. Nothing else is sent to it.`,
    again: 'Send again',
    sent: 'The email is on its way.',
  },
  {
    waits: (address: string) =>
      `${address} ещё не подтверждён: перейдите по ссылке в письме, отправленном туда. Больше ничего на него не отправляется.`,
    again: 'Отправить ещё раз',
    sent: 'Письмо отправлено.',
  },
);

/** Says that an address waits for its confirmation, and sends the email again. */
export function PendingEmail({ address }: { address: string }) {
  const text = useText(pendingWords);
  const snack = useSnack();
  const again = useChange([], () => api.POST('/api/auth/profile/confirmation'));
  const send = () => again.mutate(undefined, { onSuccess: () => snack.done(text.sent), onError: snack.failed });
  return (
    <Alert
      severity="info"
      action={
        <Button color="inherit" size="small" loading={again.isPending} onClick={send}>
          {text.again}
        </Button>
      }
    >
      {text.waits(address)}
    </Alert>
  );
}
