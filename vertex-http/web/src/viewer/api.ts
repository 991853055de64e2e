import type { EngineName } from '../engine/choice';
import { requestJson } from '../shared/http';

export type ContentState = 'ready' | 'processing' | 'failed' | 'expired' | 'inactive';

/** What the server says about the content of this page. */
export interface Content {
  unique_id: string;
  /** Nothing when it is not shown. */
  title: string | null;
  state: ContentState;
  image: { width: number; height: number; preview_url: string | null };
  marker_url: string | null;
  /** Address of the three NFT files without their extensions. */
  nft_url: string | null;
}

/** The video that plays now. */
export interface Video {
  id: string;
  title: string;
  url: string;
  media_type: string;
  /** The same for lines of any width, if there is one. */
  hls_url: string | null;
}

const path = (id: string) => `/api/ar/${encodeURIComponent(id)}`;

export const fetchContent = (id: string) => requestJson<Content>('GET', path(id));

export const fetchVideo = async (id: string) =>
  (await requestJson<{ video: Video | null }>('GET', `${path(id)}/active-video`)).video;

export const sessionPath = (id: string) => `${path(id)}/track-session`;

/** The content's id in the page's own address, `/ar/{id}`. */
export function contentId(pathname: string): string | null {
  const match = /^\/ar\/([^/]+)\/?$/.exec(pathname);
  try {
    return match ? decodeURIComponent(match[1]!) : null;
  } catch {
    return null;
  }
}

/** The engine that an address asks for: `?engine=arjs`; MindAR otherwise. */
export function engineAsked(search: string): EngineName {
  return new URLSearchParams(search).get('engine') === 'arjs' ? 'arjs' : 'mindar';
}
