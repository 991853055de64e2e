import { useQuery } from '@tanstack/react-query';
import { api, data, type Schema, tagged } from '../../api/client';
import { byId, ofVersion, useChange, useList } from '../../api/resource';
import { type ListState, listQuery } from '../../ui/list-state';

export type Content = Schema['Content'];
export type ContentChanges = Schema['ContentChanges'];

export const FILTERS = ['project_id', 'folder_id', 'client_id', 'marker_status', 'is_active', 'deleted'] as const;
export type Filter = (typeof FILTERS)[number];

const KEY = ['contents'];
/** How often a picture is asked for while its marker is made or measured. */
const POLL_MS = 2000;
/** How long measuring may take on a busy machine before nothing more is expected. */
const MEASURING_MS = 3_600_000;

/** Whether something will still change by itself. */
export const isUnsettled = ({ marker_status: status, trackability, marker_updated_at: made }: Content, now = Date.now()) =>
  status === 'pending' ||
  status === 'processing' ||
  (status === 'ready' && trackability == null && made != null && now - Date.parse(made) < MEASURING_MS);

export function useContents(state: ListState<Filter>) {
  const query = listQuery(state);
  return useList(
    [...KEY, query],
    () => data(api.GET('/api/ar-content', { params: { query } })),
    (list) => (list?.items.some((content) => isUnsettled(content)) ? POLL_MS : false),
  );
}

export function useContent(id: string) {
  return useQuery({
    queryKey: [...KEY, id],
    queryFn: () => tagged(api.GET('/api/ar-content/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state: { data } }) => (data && isUnsettled(data) ? POLL_MS : false),
  });
}

/** Changes a picture; the version that was seen is named where it is known. */
export const useUpdateContent = () =>
  useChange([KEY], ({ id, etag, body }: { id: string; etag?: string; body: ContentChanges }) => {
    const params = { path: { id }, ...(etag && { header: { 'If-Match': etag } }) };
    return data(api.PUT('/api/ar-content/{id}', { params, body }));
  });

export const useGenerateMarker = () => useChange([KEY], (id: string) => api.POST('/api/ar-content/{id}/generate-marker', byId(id)));

/** Puts another picture in the place of the one that was seen. */
export const useReplacePicture = () =>
  useChange([KEY], ({ id, etag, file }: { id: string; etag: string; file: File }) =>
    api.PUT('/api/ar-content/{id}/image', {
      ...ofVersion(id, etag),
      body: { image: file as unknown as string },
      bodySerializer: ({ image }) => {
        const form = new FormData();
        form.append('image', image);
        return form;
      },
    }),
  );

/** What can be done with many pictures at once. */
export type Work = { kind: 'change'; body: ContentChanges } | { kind: 'delete' | 'restore' | 'generate' };

function perform(work: Work, id: string): Promise<unknown> {
  switch (work.kind) {
    case 'change':
      return api.PUT('/api/ar-content/{id}', { ...byId(id), body: work.body });
    case 'delete':
      return api.DELETE('/api/ar-content/{id}', byId(id));
    case 'restore':
      return api.POST('/api/ar-content/{id}/restore', byId(id));
    case 'generate':
      return api.POST('/api/ar-content/{id}/generate-marker', byId(id));
  }
}

/** Does the same with each of many pictures; tells with which it failed. */
export const useBulkWork = () =>
  useChange([KEY], async ({ work, ids }: { work: Work; ids: string[] }) => {
    const failed: string[] = [];
    for (const id of ids) await perform(work, id).catch(() => failed.push(id));
    return { done: ids.length - failed.length, failed };
  });
