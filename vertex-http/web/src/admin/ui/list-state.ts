import { useMemo } from 'react';
import { useSearchParams } from 'react-router';

export const PAGE_SIZES = [20, 50, 100] as const;

/** What a list shows, kept in the page's address so that it can be shared and gone back to. */
export interface ListState<F extends string> {
  page: number;
  per_page: number;
  sort: string;
  search: string;
  /** The value of each filter; empty for none. */
  filters: Record<F, string>;
}

/** Reads a list's state from an address. */
export function readListState<F extends string>(params: URLSearchParams, filters: readonly F[], sort: string): ListState<F> {
  const size = Number(params.get('per_page'));
  return {
    page: Math.max(1, Math.trunc(Number(params.get('page'))) || 1),
    per_page: PAGE_SIZES.find((known) => known === size) ?? PAGE_SIZES[0],
    sort: params.get('sort') ?? sort,
    search: params.get('search') ?? '',
    filters: Object.fromEntries(filters.map((name) => [name, params.get(name) ?? ''])) as Record<F, string>,
  };
}

/** The address of the same list with some of its state changed; another page stays only when nothing else changes. */
export function changedParams(params: URLSearchParams, change: Record<string, string | number>): URLSearchParams {
  const next = new URLSearchParams(params);
  if (!('page' in change)) next.delete('page');
  for (const [name, value] of Object.entries(change)) {
    if (value === '' || (name === 'page' && value === 1)) next.delete(name);
    else next.set(name, String(value));
  }
  return next;
}

/** A list's state and how to change it. */
export function useListState<F extends string>(filters: readonly F[], sort: string) {
  const [params, setParams] = useSearchParams();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the filters of a page are constant
  const state = useMemo(() => readListState(params, filters, sort), [params]);
  const change = (next: Record<string, string | number>) => setParams((now) => changedParams(now, next), { replace: 'search' in next });
  return { state, change };
}

/** The query of a list operation: the state without what is empty. */
export function listQuery<F extends string>({ filters, search, ...state }: ListState<F>): Record<string, string | number> {
  const given = Object.entries({ ...filters, search }).filter(([, value]) => value !== '');
  return { ...state, ...(Object.fromEntries(given) as Record<string, string>) };
}
