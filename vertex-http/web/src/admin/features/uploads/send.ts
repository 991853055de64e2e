import { DetailedError, Upload } from 'tus-js-client';
import { api, data, type Schema } from '../../api/client';
import { Problem, Unreachable } from '../../api/problem';
import { refreshSession } from '../../api/session';

/** Pauses after which a line that was cut is tried again, in milliseconds. */
const RETRIES = [0, 1000, 3000, 5000, 10_000, 20_000, 30_000];
const POLL_MS = 2000;

export interface Sending {
  file: File;
  /** Tells the same file apart when it is sent for something else. */
  purpose: string;
  metadata: Record<string, string>;
  onProgress: (bytesSent: number) => void;
}

/**
 * Sends a file in parts (tus 1.0) that survive a cut line and a page that was closed: the same file for the same purpose
 * goes on where it stopped. Resolves with the id of the content or video that it became.
 */
export async function send({ file, purpose, metadata, onProgress }: Sending): Promise<string> {
  const url = await new Promise<string>((resolve, reject) => {
    const upload = new Upload(file, {
      endpoint: '/api/uploads',
      metadata: { ...metadata, filename: file.name },
      retryDelays: RETRIES,
      removeFingerprintOnSuccess: true,
      fingerprint: async () => ['vertex', purpose, file.name, file.size, file.lastModified].join(' '),
      onProgress,
      onShouldRetry: (error) => shouldRetry(error),
      onSuccess: () => resolve(upload.url ?? ''),
      onError: (error) => reject(problemIn(error)),
    });
    void upload.findPreviousUploads().then(([previous]) => {
      if (previous) upload.resumeFromPreviousUpload(previous);
      upload.start();
    });
  });
  const made = await whatItBecame(url.split('/').at(-1) ?? '');
  return made.split('/').at(-1) ?? '';
}

/** Waits out limits and faults of the line; what the server refuses stays refused. A session that ran out is renewed. */
function shouldRetry(error: DetailedError): boolean {
  const status = error.originalResponse?.getStatus() ?? 0;
  if (status === 401) void refreshSession();
  return status === 0 || status === 401 || status === 409 || status === 423 || status === 429 || status >= 500;
}

function problemIn(error: Error): Error {
  const answer = error instanceof DetailedError ? error.originalResponse : null;
  if (!answer) return new Unreachable();
  try {
    const { code, detail, errors } = JSON.parse(answer.getBody()) as Schema['Problem'];
    return new Problem(answer.getStatus(), code, errors[0]?.message ?? detail, errors);
  } catch {
    return new Problem(answer.getStatus(), 'unknown', error.message);
  }
}

/** A large file may be looked at for longer than its last request is answered. */
async function whatItBecame(id: string): Promise<string> {
  for (;;) {
    const upload = await data(api.GET('/api/uploads/{id}', { params: { path: { id } } }));
    if (upload.made_url) return upload.made_url;
    if (upload.state === 'failed') {
      throw new Problem(422, 'upload_failed', upload.errors[0]?.message ?? '', upload.errors);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
