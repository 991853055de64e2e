import GridIcon from '@mui/icons-material/GridViewOutlined';
import TableIcon from '@mui/icons-material/TableRowsOutlined';
import UploadIcon from '@mui/icons-material/UploadFileOutlined';
import { Box, Button, ToggleButton, ToggleButtonGroup } from '@mui/material';
import { useRef } from 'react';
import { useSearchParams } from 'react-router';
import { Empty } from '../../ui/empty';
import { type Column, ListTable } from '../../ui/list/list-table';
import { Pages } from '../../ui/list/pages';
import { SearchField } from '../../ui/list/search-field';
import { useListState } from '../../ui/list-state';
import { PageHead } from '../../ui/page-head';
import { ScoreRing } from '../../ui/score';
import { useLocale, useText } from '../../words';
import { common } from '../../words/common';
import { ACCEPTED, useUploads } from '../uploads/store';
import { BulkBar } from './bulk-bar';
import { ContentFilters } from './content-filters';
import { ContentGrid } from './content-grid';
import { type Content, FILTERS, useContents } from './queries';
import { useSelection } from './selection';
import { StatusChip } from './status-chip';
import { contentWords } from './words';

export function Component() {
  const text = useText(contentWords);
  const [params, setParams] = useSearchParams();
  const { state, change } = useListState(FILTERS, '-created_at');
  const contents = useContents(state);
  const items = contents.data?.items ?? [];
  const selection = useSelection(items.map(({ id }) => id));
  const columns = useColumns();
  const asTable = params.get('view') === 'table';
  const show = (_: unknown, view: string | null) => view && setParams((now) => withView(now, view));
  const isNarrowed = state.search !== '' || FILTERS.some((name) => state.filters[name] !== '');
  const empty = isNarrowed ? <Empty title={text.noMatch} /> : <Empty title={text.empty} hint={text.emptyHint} />;
  const list = { state, change, list: contents, empty };
  return (
    <>
      <PageHead title={text.title}>
        <SearchField value={state.search} onChange={(search) => change({ search })} />
        <ToggleButtonGroup size="small" exclusive value={asTable ? 'table' : 'grid'} onChange={show}>
          <ToggleButton value="grid" aria-label={text.grid}>
            <GridIcon fontSize="small" />
          </ToggleButton>
          <ToggleButton value="table" aria-label={text.table}>
            <TableIcon fontSize="small" />
          </ToggleButton>
        </ToggleButtonGroup>
        <UploadButton />
      </PageHead>
      <ContentFilters state={state} change={change} />
      {asTable ? (
        <ListTable
          label={text.title}
          columns={columns}
          id={({ id }) => id}
          to={({ id }) => `/contents/${id}`}
          selection={selection}
          {...list}
        />
      ) : (
        <Pages {...list}>
          <ContentGrid items={items} selection={selection} />
        </Pages>
      )}
      <BulkBar ids={selection.ids} deleted={state.filters.deleted === 'true'} clear={selection.clear} />
    </>
  );
}

function withView(params: URLSearchParams, view: string): URLSearchParams {
  const next = new URLSearchParams(params);
  if (view === 'table') next.set('view', view);
  else next.delete('view');
  return next;
}

function UploadButton() {
  const text = useText(contentWords);
  const input = useRef<HTMLInputElement>(null);
  const add = useUploads(({ add }) => add);
  return (
    <>
      <Button variant="contained" startIcon={<UploadIcon />} onClick={() => input.current?.click()} data-hotkey="n">
        {text.add}
      </Button>
      <Box
        component="input"
        ref={input}
        type="file"
        multiple
        hidden
        accept={ACCEPTED}
        onChange={(event: React.ChangeEvent<HTMLInputElement>) => {
          add([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
    </>
  );
}

function useColumns(): Column<Content>[] {
  const text = useText(contentWords);
  const words = useText(common);
  const { day, number } = useLocale();
  return [
    { key: 'title', label: text.titleLabel, cell: ({ title }) => title, sort: 'title' },
    { key: 'state', label: text.state, cell: (content) => <StatusChip content={content} /> },
    {
      key: 'score',
      label: text.score,
      cell: ({ trackability: score }) => score != null && <ScoreRing score={score} label={text.scoreOf(score)} size={32} />,
    },
    { key: 'videos', label: text.videosColumn, cell: ({ video_count }) => number(video_count), align: 'right', wide: true },
    { key: 'views', label: text.viewsColumn, cell: ({ view_count }) => number(view_count), sort: 'view_count', align: 'right', wide: true },
    { key: 'expires', label: text.expires, cell: ({ expiry_date: date }) => date && day(date), wide: true },
    { key: 'created', label: words.created, cell: ({ created_at }) => day(created_at.slice(0, 10)), sort: 'created_at', wide: true },
  ];
}
