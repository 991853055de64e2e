import { Problem, Unreachable, problemFrom, requestJson } from '../shared/http';

export interface User {
  id: string;
  company_id: string;
  username: string;
  full_name: string | null;
  role: 'user' | 'admin' | 'superadmin';
}

export type MarkerStatus = 'pending' | 'processing' | 'ready' | 'failed';

export interface Content {
  id: string;
  unique_id: string;
  title: string;
  marker_status: MarkerStatus;
  marker_error: string | null;
  /** 0 to 100 once the picture has been measured. */
  trackability: number | null;
  image: { width: number; height: number; format: string; bytes: number };
  preview_url: string | null;
  qr_url: string | null;
  viewer_url: string;
  expiry_date: string | null;
  is_active: boolean;
  view_count: number;
  video_count: number;
  created_at: string;
  updated_at: string;
}

export type Nuisance = 'distance' | 'tilt' | 'blur' | 'light';

/** A part of the picture, in shares of its width and height. */
export interface Zone {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Quality {
  score: number;
  breakdown: Record<Nuisance, number>;
  worst: Nuisance;
  viewing_distance: number;
  print_width: number | null;
  findings: { kind: string; zone: Zone; advice: string }[];
}

export interface Video {
  id: string;
  title: string;
  bytes: number;
  duration_seconds: number | null;
  is_active: boolean;
}

export interface Page<T> {
  items: T[];
  total: number;
  page: number;
  per_page: number;
}

/** Called when the session has ended and cannot be renewed. */
let onSignedOut: () => void = () => {};
export const whenSignedOut = (listener: () => void) => void (onSignedOut = listener);

/** A request of a signed-in user: renews the session once when it has run out. */
export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  try {
    return await requestJson<T>(method, path, body);
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error;
  }
  try {
    await requestJson('POST', '/api/auth/refresh', {});
    return await requestJson<T>(method, path, body);
  } catch (error) {
    if (error instanceof Problem && error.status === 401) onSignedOut();
    throw error;
  }
}

export const signIn = (username: string, password: string) =>
  requestJson<{ user: User }>('POST', '/api/auth/login', { username, password });
export const signOut = () => requestJson<void>('POST', '/api/auth/logout');
export const whoAmI = () => call<User>('GET', '/api/auth/me');
export const changePassword = (current_password: string, new_password: string) =>
  call<void>('POST', '/api/auth/change-password', { current_password, new_password });

const contentPath = (id: string) => `/api/ar-content/${encodeURIComponent(id)}`;
const videoPath = (id: string) => `/api/videos/${encodeURIComponent(id)}`;

export function listContents(page: number, search: string): Promise<Page<Content>> {
  const query = new URLSearchParams({ page: String(page), per_page: '12' });
  if (search !== '') query.set('search', search);
  return call('GET', `/api/ar-content?${query}`);
}
export const getContent = (id: string) => call<Content>('GET', contentPath(id));
export const updateContent = (id: string, change: Partial<Pick<Content, 'title' | 'is_active'>>) =>
  call<Content>('PUT', contentPath(id), change);
export const deleteContent = (id: string) => call<void>('DELETE', contentPath(id));
export const generateMarker = (id: string) => call<Content>('POST', `${contentPath(id)}/generate-marker`);
export const getQuality = (id: string) => call<Quality>('GET', `${contentPath(id)}/quality`);
/** Address of the picture with its points and weak zones. */
export const overlayAddress = (id: string) => `${contentPath(id)}/quality/overlay`;
export const listVideos = (id: string) => call<Page<Video>>('GET', `${contentPath(id)}/videos?per_page=100`);
export const setActiveVideo = (id: string) => call<Video>('PUT', `${videoPath(id)}/active`);
export const deleteVideo = (id: string) => call<void>('DELETE', videoPath(id));

/** Address of the QR code in a form good for the screen or for print. */
export const qrAddress = (id: string, format: 'svg' | 'png') =>
  `${contentPath(id)}/qr?format=${format}${format === 'png' ? '&size=1024' : ''}`;

export type OnProgress = (bytesSent: number) => void;

export function createContent(title: string, image: File, onProgress: OnProgress): Promise<Content> {
  const form = new FormData();
  form.append('title', title);
  form.append('image', image);
  return upload('/api/ar-content', form, onProgress);
}

/** Videos are large: they are sent in parts, which go on after the line was cut. */
export async function addVideo(contentId: string, video: File, onProgress: OnProgress): Promise<Video> {
  await whoAmI();
  const { sendInParts } = await import('./resumable');
  const metadata = { kind: 'video', content_id: contentId, title: video.name.replace(/\.[^.]+$/, '') };
  return call('GET', await sendInParts(video, contentId, metadata, onProgress));
}

/** Sends a form and tells how much of it is on its way; only XMLHttpRequest can. */
async function upload<T>(path: string, form: FormData, onProgress: OnProgress): Promise<T> {
  await whoAmI();
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', path);
    request.setRequestHeader('accept', 'application/json');
    request.upload.onprogress = (event) => onProgress(event.loaded);
    request.onerror = () => reject(new Unreachable());
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText) as T);
      else reject(problemFrom(request.status, request.responseText));
    };
    request.send(form);
  });
}
