import { Link as MuiLink, TextField } from '@mui/material';
import { Link } from 'react-router';
import { api, data, type Schema } from '../../api/client';
import { useList } from '../../api/resource';
import { Empty } from '../../ui/empty';
import { type Column, ListTable } from '../../ui/list/list-table';
import { useListState } from '../../ui/list-state';
import { PageHead } from '../../ui/page-head';
import { dictionary, useLocale, useText } from '../../words';

type Entry = Schema['AuditEntry'];

const auditWords = dictionary(
  {
    title: 'Audit',
    when: 'When',
    who: 'Who',
    action: 'What was done',
    entity: 'To what',
    address: 'From where',
    from: 'From',
    until: 'Until',
    empty: 'Nothing was changed in this time',
  },
  {
    title: 'Журнал',
    when: 'Когда',
    who: 'Кто',
    action: 'Что сделано',
    entity: 'С чем',
    address: 'Откуда',
    from: 'С',
    until: 'До',
    empty: 'За это время ничего не менялось',
  },
);

const FILTERS = ['action', 'entity', 'from', 'until'] as const;
const PAGES: Record<string, string> = { content: 'contents', client: 'clients', project: 'projects', company: 'companies' };

/** Who changed what, when and from where. */
export function Component() {
  const text = useText(auditWords);
  const { instant } = useLocale();
  const { state, change } = useListState(FILTERS, '');
  const { page, per_page, filters } = state;
  const query = {
    page,
    per_page,
    ...(filters.action && { action: filters.action }),
    ...(filters.entity && { entity: filters.entity }),
    ...(filters.from && { from: `${filters.from}T00:00:00Z` }),
    ...(filters.until && { until: `${filters.until}T23:59:59Z` }),
  };
  const list = useList(['audit', query], () => data(api.GET('/api/admin/audit', { params: { query } })));
  const columns: Column<Entry>[] = [
    { key: 'when', label: text.when, cell: ({ at }) => instant(at) },
    { key: 'who', label: text.who, cell: ({ username }) => username },
    { key: 'action', label: text.action, cell: ({ action }) => action.replaceAll('_', ' ') },
    { key: 'entity', label: text.entity, cell: (entry) => <Thing entry={entry} /> },
    { key: 'address', label: text.address, cell: ({ address }) => address, wide: true },
  ];
  const field = (name: 'from' | 'until') => (
    <TextField
      type="date"
      label={text[name]}
      value={filters[name]}
      onChange={({ target }) => change({ [name]: target.value })}
      slotProps={{ inputLabel: { shrink: true } }}
      sx={{ width: 160 }}
    />
  );
  return (
    <>
      <PageHead title={text.title}>
        {field('from')}
        {field('until')}
      </PageHead>
      <ListTable
        label={text.title}
        columns={columns}
        list={list}
        id={({ id }) => String(id)}
        state={state}
        change={change}
        empty={<Empty title={text.empty} />}
      />
    </>
  );
}

function Thing({ entry: { entity, entity_id: id, label } }: { entry: Entry }) {
  const page = PAGES[entity];
  if (!page) return `${entity.replaceAll('_', ' ')}: ${label}`;
  return (
    <MuiLink component={Link} to={`/${page}/${id}`}>
      {label || entity}
    </MuiLink>
  );
}
