import type { Schema } from '../../api/client';
import { Empty } from '../../ui/empty';
import { type Column, ListTable } from '../../ui/list/list-table';
import { useListState } from '../../ui/list-state';
import { PageHead } from '../../ui/page-head';
import { useLocale, useText } from '../../words';
import { common } from '../../words/common';
import { useCompanies } from '../companies/queries';
import { placeDetail } from './place';
import { useStorages } from './queries';
import { storageWords } from './words';

type Connection = Schema['StorageConnection'];
const EVERYBODY = { page: 1, per_page: 100, sort: 'name', search: '', filters: {} as Record<never, string> };

/** Companies that keep their files elsewhere than the operator. */
export function Component() {
  const text = useText(storageWords);
  const words = useText(common);
  const { instant } = useLocale();
  const { state, change } = useListState([], '');
  const storages = useStorages(state.page, state.per_page);
  const companies = useCompanies(EVERYBODY);
  const nameOf = (company: string) => companies.data?.items.find(({ id }) => id === company)?.name ?? company;
  const columns: Column<Connection>[] = [
    { key: 'company', label: text.company, cell: ({ company_id }) => nameOf(company_id) },
    { key: 'kind', label: text.kind, cell: ({ kind }) => text.kinds[kind] ?? kind },
    { key: 'place', label: text.place, cell: (connection) => placeDetail(connection) },
    { key: 'changed', label: words.changed, cell: ({ updated_at }) => instant(updated_at), wide: true },
  ];
  return (
    <>
      <PageHead title={text.all} />
      <ListTable
        label={text.all}
        columns={columns}
        list={storages}
        id={({ id }) => id}
        to={({ company_id }) => `/companies/${company_id}/storage`}
        state={state}
        change={change}
        empty={<Empty title={text.noneElsewhere} />}
      />
    </>
  );
}
