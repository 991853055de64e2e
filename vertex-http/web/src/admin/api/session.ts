const REFRESHED = 'vertex-refreshed';

let running: Promise<boolean> | null = null;

/** Renews the session, once for all tabs: the others see that it has happened and go on. */
export function refreshSession(): Promise<boolean> {
  const seen = localStorage.getItem(REFRESHED);
  running ??= oneTabAtATime(async () => {
    if (localStorage.getItem(REFRESHED) !== seen) return true;
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch('/api/auth/refresh', { method: 'POST', headers, body: '{}' });
    if (answer.ok) localStorage.setItem(REFRESHED, String(Date.now()));
    return answer.ok;
  }).finally(() => (running = null));
  return running;
}

/** `navigator.locks` is there on https and localhost only; elsewhere each tab is on its own. */
async function oneTabAtATime(work: () => Promise<boolean>): Promise<boolean> {
  return 'locks' in navigator ? await navigator.locks.request('vertex-refresh', work) : await work();
}
