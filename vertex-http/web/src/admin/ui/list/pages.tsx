import { Skeleton, Stack, TablePagination } from '@mui/material';
import type { ReactNode } from 'react';
import { useText } from '../../words';
import { common } from '../../words/common';
import { PAGE_SIZES } from '../list-state';
import { ProblemAlert } from '../problem-alert';

export interface PagesProps {
  list: { data?: { total: number } | undefined; error: unknown; isPending: boolean; refetch: () => unknown };
  state: { page: number; per_page: number };
  change: (next: Record<string, string | number>) => void;
  empty: ReactNode;
}

/** One page of a list with the way to the others; what stands there while it loads, fails or is empty. */
export function Pages({ list, state, change, empty, children }: PagesProps & { children: ReactNode }) {
  const text = useText(common);
  if (list.error) return <ProblemAlert error={list.error} retry={() => void list.refetch()} />;
  if (list.isPending) return <Placeholder />;
  if (list.data?.total === 0) return empty;
  return (
    <>
      {children}
      <TablePagination
        component="div"
        count={list.data?.total ?? 0}
        page={state.page - 1}
        rowsPerPage={state.per_page}
        rowsPerPageOptions={[...PAGE_SIZES]}
        labelRowsPerPage={text.perPage}
        labelDisplayedRows={({ from, to, count }) => text.range(from, to, count)}
        getItemAriaLabel={(type) => (type === 'next' ? text.nextPage : text.previousPage)}
        onPageChange={(_, page) => change({ page: page + 1 })}
        onRowsPerPageChange={(event) => change({ per_page: event.target.value })}
      />
    </>
  );
}

const ROWS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

function Placeholder() {
  return (
    <Stack spacing={1} aria-busy="true">
      {ROWS.map((row) => (
        <Skeleton key={row} variant="rounded" height={44} />
      ))}
    </Stack>
  );
}
