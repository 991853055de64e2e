import { DetailedError, Upload } from 'tus-js-client';
import { type Problem, Unreachable, problemFrom, requestJson } from '../shared/http';

/** How long the pauses are after which a line that was cut is tried again, in milliseconds. */
const RETRIES = [0, 1000, 3000, 5000, 10_000, 20_000, 30_000];
const LOOK_AGAIN = 2000;

interface State {
  state: 'receiving' | 'checking' | 'done' | 'failed';
  made_url: string | null;
  errors: { field: string; message: string }[];
}

/**
 * Sends a file in parts that survive a cut line, and a page that was closed: the same file for the same `purpose` goes
 * on where it stopped. Resolves with the address of what the file has become.
 */
export async function sendInParts(
  file: File,
  purpose: string,
  metadata: Record<string, string>,
  onProgress: (bytesSent: number) => void,
): Promise<string> {
  const { url, made } = await new Promise<{ url: string; made: string | undefined }>((resolve, reject) => {
    const upload = new Upload(file, {
      endpoint: '/api/uploads',
      metadata: { ...metadata, filename: file.name },
      retryDelays: RETRIES,
      removeFingerprintOnSuccess: true,
      fingerprint: async () => ['vertex', purpose, file.name, file.size, file.lastModified].join(' '),
      onProgress,
      onSuccess: ({ lastResponse }) => resolve({ url: upload.url ?? '', made: lastResponse.getHeader('Content-Location') }),
      onError: (error) => reject(explain(error)),
    });
    void upload.findPreviousUploads().then(([previous]) => {
      if (previous) upload.resumeFromPreviousUpload(previous);
      upload.start();
    });
  });
  return made ?? whatItBecame(url);
}

/** What the server said, if it said anything. */
export function explain(error: Error): Problem | Unreachable {
  const answer = error instanceof DetailedError ? error.originalResponse : null;
  return answer ? problemFrom(answer.getStatus(), answer.getBody()) : new Unreachable();
}

/** A large file may be looked at for longer than its last request is answered. */
async function whatItBecame(url: string): Promise<string> {
  for (;;) {
    const upload = await requestJson<State>('GET', url);
    if (upload.made_url !== null) return upload.made_url;
    if (upload.state === 'failed') throw problemFrom(422, JSON.stringify({ detail: upload.errors[0]?.message, errors: upload.errors }));
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
  }
}
