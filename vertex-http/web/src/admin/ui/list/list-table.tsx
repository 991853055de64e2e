import {
  Box,
  Card,
  CardActionArea,
  Checkbox,
  Stack,
  Table,
  TableBody,
  TableCell,
  TableContainer,
  TableHead,
  TableRow,
  TableSortLabel,
  useMediaQuery,
  useTheme,
} from '@mui/material';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { Pages, type PagesProps } from './pages';

export interface Column<T> {
  key: string;
  label: string;
  cell: (row: T) => ReactNode;
  /** The name that the API sorts by. */
  sort?: string;
  align?: 'right';
  /** Not shown where there is little room. */
  wide?: boolean;
}

interface Props<T> extends Omit<PagesProps, 'list' | 'state'> {
  label: string;
  columns: Column<T>[];
  list: Omit<PagesProps['list'], 'data'> & { data?: { items: T[]; total: number } | undefined };
  id: (row: T) => string;
  /** Where a row leads. */
  to?: (row: T) => string;
  /** What a row offers at its end. */
  actions?: (row: T) => ReactNode;
  selection?: { has: (id: string) => boolean; toggle: (id: string, shift: boolean) => void };
  state: PagesProps['state'] & { sort: string };
}

/** A list of rows: a table where there is room, cards on a phone. */
export function ListTable<T>(props: Props<T>) {
  const theme = useTheme();
  const narrow = useMediaQuery(theme.breakpoints.down('sm'));
  const { list, state, change, empty } = props;
  return (
    <Pages list={list} state={state} change={change} empty={empty}>
      {narrow ? <Cards {...props} /> : <Rows {...props} />}
    </Pages>
  );
}

function Rows<T>({ label, columns, list, id, to, actions, selection, state, change }: Props<T>) {
  const navigate = useNavigate();
  const descending = state.sort.startsWith('-');
  const sorted = state.sort.replace(/^-/, '');
  return (
    <TableContainer>
      <Table size="small" aria-label={label}>
        <TableHead>
          <TableRow>
            {selection && <TableCell padding="checkbox" aria-label={label} />}
            {columns.map(({ key, label, sort, align }) => (
              <TableCell key={key} align={align ?? 'left'} sortDirection={sorted === sort && (descending ? 'desc' : 'asc')}>
                {sort ? (
                  <TableSortLabel
                    active={sorted === sort}
                    direction={sorted === sort && descending ? 'desc' : 'asc'}
                    onClick={() => change({ sort: sorted === sort && !descending ? `-${sort}` : sort })}
                  >
                    {label}
                  </TableSortLabel>
                ) : (
                  label
                )}
              </TableCell>
            ))}
            {actions && <TableCell aria-label="…" />}
          </TableRow>
        </TableHead>
        <TableBody>
          {list.data?.items.map((row) => (
            <TableRow
              key={id(row)}
              hover
              selected={selection?.has(id(row)) ?? false}
              onClick={() => to && navigate(to(row))}
              sx={to ? { cursor: 'pointer' } : {}}
            >
              {selection && (
                <TableCell padding="checkbox" onClick={(event) => event.stopPropagation()}>
                  <Checkbox
                    size="small"
                    checked={selection.has(id(row))}
                    slotProps={{ input: { 'aria-label': id(row) } }}
                    onClick={(event) => selection.toggle(id(row), event.shiftKey)}
                  />
                </TableCell>
              )}
              {columns.map(({ key, cell, align }) => (
                <TableCell key={key} align={align ?? 'left'}>
                  {cell(row)}
                </TableCell>
              ))}
              {actions && (
                <TableCell align="right" padding="none" onClick={(event) => event.stopPropagation()}>
                  {actions(row)}
                </TableCell>
              )}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}

function Cards<T>({ columns, list, id, to, actions }: Props<T>) {
  const navigate = useNavigate();
  const [title, ...others] = columns.filter(({ wide }) => !wide);
  const facts = (row: T) => (
    <>
      <Box sx={{ fontWeight: 600 }}>{title?.cell(row)}</Box>
      <Stack direction="row" useFlexGap spacing={1} sx={{ color: 'text.secondary', fontSize: 'body2.fontSize', flexWrap: 'wrap' }}>
        {others.map(({ key, cell }) => (
          <Box key={key}>{cell(row)}</Box>
        ))}
      </Stack>
    </>
  );
  return (
    <Stack spacing={1}>
      {list.data?.items.map((row) => (
        <Card key={id(row)} variant="outlined" sx={{ display: 'flex', alignItems: 'center' }}>
          {to ? (
            <CardActionArea sx={{ p: 1.5 }} onClick={() => navigate(to(row))}>
              {facts(row)}
            </CardActionArea>
          ) : (
            <Box sx={{ p: 1.5, flexGrow: 1, minWidth: 0 }}>{facts(row)}</Box>
          )}
          {actions?.(row)}
        </Card>
      ))}
    </Stack>
  );
}
