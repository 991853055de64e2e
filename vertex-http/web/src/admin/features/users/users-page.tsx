import AddIcon from '@mui/icons-material/PersonAddOutlined';
import { Button, Chip, MenuItem, TextField } from '@mui/material';
import { useState } from 'react';
import { Empty } from '../../ui/empty';
import { type Column, ListTable } from '../../ui/list/list-table';
import { SearchField } from '../../ui/list/search-field';
import { useListState } from '../../ui/list-state';
import { PageHead } from '../../ui/page-head';
import { useLocale, useText } from '../../words';
import { common } from '../../words/common';
import { Invitations } from './invitations';
import { InviteDialog } from './invite-dialog';
import { type User, useUsers } from './queries';
import { isSlowed } from './slowed';
import { UserMenu } from './user-menu';
import { userWords } from './words';

const FILTERS = ['role'] as const;

export function Component() {
  const text = useText(userWords);
  const words = useText(common);
  const { ago } = useLocale();
  const { state, change } = useListState(FILTERS, 'name');
  const users = useUsers(state);
  const [inviting, setInviting] = useState(false);
  const columns: Column<User>[] = [
    { key: 'name', label: text.username, cell: ({ username }) => username, sort: 'name' },
    { key: 'full', label: text.fullName, cell: ({ full_name: name }) => name },
    {
      key: 'email',
      label: words.email,
      cell: ({ email, pending_email: pending }) => (pending ? text.unconfirmed(pending) : email),
      wide: true,
    },
    { key: 'role', label: text.role, cell: ({ role }) => text.roles[role] ?? role },
    { key: 'state', label: text.state, cell: (user) => <UserState user={user} /> },
    { key: 'login', label: text.lastLogin, cell: ({ last_login: login }) => (login ? ago(login) : text.never), wide: true },
  ];
  return (
    <>
      <PageHead title={text.title}>
        <SearchField value={state.search} onChange={(search) => change({ search })} />
        <TextField
          select
          label={text.role}
          value={state.filters.role}
          onChange={({ target }) => change({ role: target.value })}
          sx={{ width: 170 }}
        >
          <MenuItem value="">{words.all}</MenuItem>
          {Object.entries(text.roles).map(([role, name]) => (
            <MenuItem key={role} value={role}>
              {name}
            </MenuItem>
          ))}
        </TextField>
        <Button variant="contained" startIcon={<AddIcon />} onClick={() => setInviting(true)} data-hotkey="n">
          {text.invite}
        </Button>
      </PageHead>
      <ListTable
        label={text.title}
        columns={columns}
        list={users}
        id={({ id }) => id}
        actions={(user) => <UserMenu user={user} />}
        state={state}
        change={change}
        empty={<Empty title={text.nobody} />}
      />
      <Invitations />
      {inviting && <InviteDialog close={() => setInviting(false)} />}
    </>
  );
}

function UserState({ user }: { user: User }) {
  const text = useText(userWords);
  const { instant } = useLocale();
  const { is_active: active, is_locked: locked, blocked_until: until } = user;
  if (locked) return <Chip size="small" color="error" label={text.locked} />;
  if (until && isSlowed(user)) return <Chip size="small" color="warning" label={text.slowed(instant(until))} />;
  return active ? (
    <Chip size="small" variant="outlined" color="success" label={text.active} />
  ) : (
    <Chip size="small" variant="outlined" label={text.inactive} />
  );
}
