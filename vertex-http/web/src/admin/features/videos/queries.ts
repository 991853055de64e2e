import { useQuery } from '@tanstack/react-query';
import { api, data, type Schema } from '../../api/client';
import { byId, useChange } from '../../api/resource';
import { send } from '../uploads/send';

export type Video = Schema['Video'];

const keyOf = (content: string) => ['contents', content, 'videos'];

export function useVideos(content: string) {
  const params = { path: { id: content }, query: { per_page: 100 } };
  return useQuery({
    queryKey: keyOf(content),
    queryFn: () => data(api.GET('/api/ar-content/{id}/videos', { params })),
  });
}

/** What can be done with a video of this content; afterwards the list is asked for again. */
export function useVideoActions(content: string) {
  const stale = [['contents', content]];
  return {
    activate: useChange(stale, (id: string) => api.PUT('/api/videos/{id}/active', byId(id))),
    change: useChange(stale, ({ id, body }: { id: string; body: Schema['VideoChanges'] }) =>
      api.PUT('/api/videos/{id}', { ...byId(id), body }),
    ),
    schedule: useChange(stale, ({ id, body }: { id: string; body: Schema['Schedule'] }) =>
      api.PUT('/api/videos/{id}/schedule', { ...byId(id), body }),
    ),
    copy: useChange(stale, (id: string) => api.POST('/api/videos/{id}/copies', byId(id))),
    remove: useChange(stale, (id: string) => api.DELETE('/api/videos/{id}', byId(id))),
    add: useChange(stale, ({ file, onProgress }: { file: File; onProgress: (bytes: number) => void }) => {
      const metadata = { kind: 'video', content_id: content, title: file.name.replace(/\.[^.]+$/, '') };
      return send({ file, purpose: content, metadata, onProgress });
    }),
  };
}
