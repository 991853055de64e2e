import { keepPreviousData, type QueryKey, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

/** One page of a list; the page before stays until the next one is there. */
export function useList<T>(queryKey: QueryKey, queryFn: () => Promise<T>, poll?: (data: T | undefined) => number | false) {
  return useQuery({
    queryKey,
    queryFn,
    placeholderData: keepPreviousData,
    ...(poll && { refetchInterval: ({ state: { data } }: { state: { data: T | undefined } }) => poll(data) }),
  });
}

/** A change, after which everything under these keys is asked for again. */
export function useChange<I, O>(stale: QueryKey[], mutationFn: (input: I) => Promise<O>) {
  const client = useQueryClient();
  const onSettled = () => Promise.all(stale.map((queryKey) => client.invalidateQueries({ queryKey })));
  return useMutation({ mutationFn, onSettled });
}

/** The parameters of an operation on one row. */
export const byId = (id: string) => ({ params: { path: { id } } });

/** The same of a change, which is refused with 412 when there is a newer version than this. */
export const ofVersion = (id: string, etag: string) => ({ params: { path: { id }, header: { 'If-Match': etag } } });
