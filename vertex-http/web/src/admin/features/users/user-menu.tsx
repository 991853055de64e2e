import MoreIcon from '@mui/icons-material/MoreVert';
import { Button, Dialog, DialogActions, DialogContent, DialogTitle, IconButton, Menu, MenuItem, Stack, Typography } from '@mui/material';
import { useState } from 'react';
import { useConfirm } from '../../ui/confirm';
import { CopyButton } from '../../ui/copy-button';
import { useSnack } from '../../ui/snack';
import { useText } from '../../words';
import { common } from '../../words/common';
import { isAtLeast, type Role, useMe } from '../auth/queries';
import { type User, useUserActions } from './queries';
import { isSlowed } from './slowed';
import { userWords } from './words';

const ROLES: Role[] = ['user', 'admin', 'superadmin'];

/** What can be done with a user. */
export function UserMenu({ user }: { user: User }) {
  const text = useText(userWords);
  const words = useText(common);
  const me = useMe();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [password, setPassword] = useState<string | null>(null);
  const { change, lock, unlock, reset, remove } = useUserActions(user.id);
  const confirm = useConfirm();
  const snack = useSnack();
  const { username, is_active: active, is_locked: locked, role } = user;
  const attempt = async (action: () => Promise<unknown>, said = words.saved) => {
    try {
      await action();
      snack.done(said);
    } catch (error) {
      snack.failed(error);
    }
  };
  const setNew = async () => {
    if (!(await confirm({ title: text.resetTitle(username), detail: text.resetHint, confirm: text.resetPassword }))) return;
    await reset.mutateAsync(undefined).then(({ temporary_password: made }) => setPassword(made ?? null), snack.failed);
  };
  const removeIt = async () => {
    const agreed = await confirm({ title: text.deleteTitle(username), detail: text.deleteHint, confirm: words.delete });
    if (agreed) await attempt(() => remove.mutateAsync(undefined), text.deleted(username));
  };
  const item = (label: string, act: () => unknown) => (
    <MenuItem
      key={label}
      onClick={() => {
        setAnchor(null);
        act();
      }}
    >
      {label}
    </MenuItem>
  );
  const roles = ROLES.filter((other) => other !== role && isAtLeast(me.role, other));
  return (
    <>
      <IconButton aria-label={`${words.more}: ${username}`} aria-haspopup="menu" onClick={(event) => setAnchor(event.currentTarget)}>
        <MoreIcon />
      </IconButton>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        {user.id !== me.id &&
          roles.map((other) => item(`${text.role}: ${text.roles[other]}`, () => attempt(() => change.mutateAsync({ role: other }))))}
        {user.id !== me.id &&
          item(active ? text.switchOff : text.switchOn, () => attempt(() => change.mutateAsync({ is_active: !active })))}
        {user.id !== me.id && (locked || isSlowed(user)) && item(text.unlock, () => attempt(() => unlock.mutateAsync(undefined)))}
        {user.id !== me.id && !locked && item(text.lock, () => attempt(() => lock.mutateAsync(undefined)))}
        {item(text.resetPassword, () => void setNew())}
        {user.id !== me.id && item(words.delete, () => void removeIt())}
      </Menu>
      <Dialog open={password !== null} onClose={() => setPassword(null)} aria-labelledby="password-title">
        <DialogTitle id="password-title">{text.temporary}</DialogTitle>
        <DialogContent>
          <Stack direction="row" spacing={1} sx={{ alignItems: 'center' }}>
            <Typography sx={{ fontFamily: 'monospace', fontSize: '1.1rem' }}>{password}</Typography>
            <CopyButton value={password ?? ''} label={words.copy} />
          </Stack>
        </DialogContent>
        <DialogActions>
          <Button onClick={() => setPassword(null)}>{words.close}</Button>
        </DialogActions>
      </Dialog>
    </>
  );
}
