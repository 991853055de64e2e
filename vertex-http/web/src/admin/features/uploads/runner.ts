import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { send } from './send';
import { type Upload, useUploads } from './store';

/** Pictures that are sent at the same time. */
const AT_ONCE = 2;

async function run(upload: Upload, update: (change: Partial<Upload>) => void): Promise<void> {
  const total = [upload.picture, ...upload.videos].reduce((sum, { size }) => sum + size, 0) || 1;
  let before = 0;
  const onProgress = (sent: number) => update({ progress: (before + sent) / total });
  update({ state: 'sending' });
  const picture = upload.picture;
  const contentId =
    upload.contentId ?? (await send({ file: picture, purpose: 'picture', metadata: { kind: 'picture', title: upload.title }, onProgress }));
  before = picture.size;
  update({ contentId });
  for (const file of upload.videos) {
    const metadata = { kind: 'video', content_id: contentId, title: file.name.replace(/\.[^.]+$/, '') };
    await send({ file, purpose: contentId, metadata, onProgress });
    before += file.size;
  }
  update({ state: 'making', progress: 1 });
}

/** Sends what waits, a few at once, wherever in the panel one is. */
export function useUploadRunner() {
  const client = useQueryClient();
  const { uploads, update } = useUploads();
  const next = uploads.find(({ state }) => state === 'waiting');
  const busy = uploads.filter(({ state }) => state === 'sending').length;
  const key = next && busy < AT_ONCE ? next.key : null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: an upload begins once, when its turn has come
  useEffect(() => {
    if (!next || key === null) return;
    const change = (change: Partial<Upload>) => update(next.key, change);
    run(next, change)
      .catch((error: unknown) => change({ state: 'failed', error }))
      .finally(() => client.invalidateQueries({ queryKey: ['contents'] }));
  }, [key]);
  const isBusy = uploads.some(({ state }) => state === 'waiting' || state === 'sending');
  useEffect(() => {
    if (!isBusy) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [isBusy]);
}
