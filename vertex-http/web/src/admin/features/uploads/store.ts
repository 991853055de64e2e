import { create } from 'zustand';
import { type Pair, paired } from './pairing';

export const ACCEPTED = 'image/*,video/mp4,video/quicktime,video/webm,.heic,.heif,.mov,.m4v';

export type UploadState = 'waiting' | 'sending' | 'making' | 'done' | 'failed';

/** One picture on its way in, with its videos. */
export interface Upload extends Pair {
  key: string;
  state: UploadState;
  /** Share of the bytes that are there, 0 to 1. */
  progress: number;
  contentId: string | null;
  error: unknown;
}

interface Uploads {
  uploads: Upload[];
  /** Videos and files that belong to no picture. */
  leftOver: File[];
  add: (files: File[]) => void;
  update: (key: string, change: Partial<Upload>) => void;
  remove: (key: string) => void;
  clear: () => void;
}

const begun = (pair: Pair): Upload => ({
  ...pair,
  key: crypto.randomUUID(),
  state: 'waiting',
  progress: 0,
  contentId: null,
  error: null,
});

/** What is being uploaded, over all pages. */
export const useUploads = create<Uploads>()((set) => ({
  uploads: [],
  leftOver: [],
  add: (files) =>
    set(({ uploads, leftOver }) => {
      const { pairs, orphans, others } = paired(files);
      return { uploads: [...uploads, ...pairs.map(begun)], leftOver: [...leftOver, ...orphans, ...others] };
    }),
  update: (key, change) =>
    set(({ uploads }) => ({ uploads: uploads.map((upload) => (upload.key === key ? { ...upload, ...change } : upload)) })),
  remove: (key) => set(({ uploads }) => ({ uploads: uploads.filter((upload) => upload.key !== key) })),
  clear: () =>
    set(({ uploads }) => ({
      uploads: uploads.filter(({ state }) => state === 'sending' || state === 'making' || state === 'waiting'),
      leftOver: [],
    })),
}));
