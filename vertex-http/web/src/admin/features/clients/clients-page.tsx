import AddIcon from '@mui/icons-material/Add';
import { Button } from '@mui/material';
import { useState } from 'react';
import { Empty } from '../../ui/empty';
import { type Column, ListTable } from '../../ui/list/list-table';
import { SearchField } from '../../ui/list/search-field';
import { useListState } from '../../ui/list-state';
import { PageHead } from '../../ui/page-head';
import { useLocale, useText } from '../../words';
import { common } from '../../words/common';
import { ClientDialog } from './client-dialog';
import { type Client, useClients, useCreateClient } from './queries';
import { clientWords } from './words';

export function Component() {
  const text = useText(clientWords);
  const words = useText(common);
  const { day } = useLocale();
  const { state, change } = useListState([], 'name');
  const clients = useClients(state);
  const create = useCreateClient();
  const [adding, setAdding] = useState(false);
  const columns: Column<Client>[] = [
    { key: 'name', label: words.name, cell: ({ name }) => name, sort: 'name' },
    { key: 'phone', label: words.phone, cell: ({ phone }) => phone },
    { key: 'email', label: words.email, cell: ({ email }) => email, wide: true },
    { key: 'created', label: words.created, cell: ({ created_at }) => day(created_at.slice(0, 10)), sort: 'created_at', wide: true },
  ];
  const add = (
    <Button variant="contained" startIcon={<AddIcon />} onClick={() => setAdding(true)} data-hotkey="n">
      {text.add}
    </Button>
  );
  const empty = state.search ? <Empty title={text.nobody} /> : <Empty title={text.empty} hint={text.emptyHint} />;
  return (
    <>
      <PageHead title={text.title}>
        <SearchField value={state.search} onChange={(search) => change({ search })} />
        {add}
      </PageHead>
      <ListTable
        label={text.title}
        columns={columns}
        list={clients}
        id={({ id }) => id}
        to={({ id }) => `/clients/${id}`}
        state={state}
        change={change}
        empty={empty}
      />
      {adding && <ClientDialog title={text.add} save={create.mutateAsync} close={() => setAdding(false)} />}
    </>
  );
}
