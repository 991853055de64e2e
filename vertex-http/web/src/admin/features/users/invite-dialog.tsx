import { zodResolver } from '@hookform/resolvers/zod';
import { Alert, Button, Dialog, DialogActions, DialogContent, DialogTitle, Stack, Typography } from '@mui/material';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import * as z from 'zod/mini';
import { CopyButton } from '../../ui/copy-button';
import { ChoiceField, Field } from '../../ui/form/fields';
import { FormDialog } from '../../ui/form/form-dialog';
import { rules } from '../../ui/form/rules';
import { useText } from '../../words';
import { common } from '../../words/common';
import { isAtLeast, type Role, useMe } from '../auth/queries';
import { useInvite } from './queries';
import { userWords } from './words';

const ROLES: Role[] = ['user', 'admin', 'superadmin'];

/** Invites somebody, and shows the link once. */
export function InviteDialog({ close }: { close: () => void }) {
  const text = useText(userWords);
  const words = useText(common);
  const me = useMe();
  const invite = useInvite();
  const [link, setLink] = useState<string | null>(null);
  const form = useForm<{ email: string; role: Role }>({
    resolver: zodResolver(z.object({ email: rules(words).needed(320), role: z.enum(ROLES) })),
    defaultValues: { email: '', role: 'user' },
  });
  const save = async (body: { email: string; role: Role }) => {
    const { token } = await invite.mutateAsync(body);
    setLink(`${location.origin}/admin/join/${token}`);
  };
  if (link !== null) {
    return (
      <Dialog open onClose={close} fullWidth maxWidth="sm" aria-labelledby="invite-title">
        <DialogTitle id="invite-title">{text.inviteTitle}</DialogTitle>
        <DialogContent>
          <Alert severity="success">{text.link}</Alert>
          <Stack direction="row" spacing={1} sx={{ mt: 2, alignItems: 'center' }}>
            <Typography sx={{ overflowWrap: 'anywhere', fontFamily: 'monospace' }}>{link}</Typography>
            <CopyButton value={link} label={words.copy} />
          </Stack>
        </DialogContent>
        <DialogActions>
          <Button onClick={close}>{words.close}</Button>
        </DialogActions>
      </Dialog>
    );
  }
  const options = ROLES.filter((role) => isAtLeast(me.role, role)).map((role) => ({ value: role, label: text.roles[role] ?? role }));
  return (
    <FormDialog open title={text.inviteTitle} action={text.invite} form={form} save={save} close={() => {}} cancel={close}>
      <Field name="email" label={words.email} type="email" autoFocus />
      <ChoiceField name="role" label={text.role} options={options} />
    </FormDialog>
  );
}
