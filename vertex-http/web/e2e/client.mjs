import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Longest wait for something the server does on its own time. */
const PATIENCE = 120_000;

/** Talks to a running server over its public HTTP interface, as any client would. */
export class Client {
  #token = '';

  constructor(url) {
    this.url = url;
  }

  async signIn(username, password) {
    const { access_token } = await this.#json('POST', '/api/auth/login', { username, password });
    this.#token = access_token;
  }

  /** Uploads a picture and its video, and waits until the picture can be tracked. */
  async createContent(title, picture, video) {
    const form = new FormData();
    form.append('title', title);
    form.append('image', await fileOf(picture));
    const { id } = await this.#send('POST', '/api/ar-content', form);
    const clip = new FormData();
    clip.append('title', 'Clip');
    clip.append('video', await fileOf(video));
    const { id: videoId } = await this.#send('POST', `/api/ar-content/${id}/videos`, clip);
    await this.#json('PUT', `/api/videos/${videoId}/active`);
    return this.waitForContent(id, ({ marker_status: status, marker_error: reason }) => {
      if (status === 'failed') throw new Error(`the marker failed: ${reason}`);
      return status === 'ready';
    });
  }

  /** Has copies made of the videos of a content, and waits until they are there. */
  async makeCopies({ id }) {
    const path = `/api/ar-content/${id}/videos`;
    const { items } = await this.#json('GET', path);
    for (const video of items) {
      await this.#json('POST', `/api/videos/${video.id}/copies`, {});
      await waitFor(() => this.#json('GET', `/api/videos/${video.id}`), ({ hls_url: url }) => url !== null);
    }
  }

  /** Makes a company; the answer speaks for an administrator of it. */
  async createCompany(name) {
    const company = await this.#json('POST', '/api/companies', { name });
    const boss = { username: `boss-${company.slug}`, password: randomBytes(12).toString('base64url') };
    await this.#json('POST', '/api/users', { ...boss, role: 'admin', company_id: company.id });
    const client = new Client(this.url);
    await client.signIn(boss.username, boss.password);
    return Object.assign(client, { company, boss });
  }

  /** Chooses where the files of this client's company live. */
  putStorage(connection) {
    return this.#json('PUT', `/api/companies/${this.company.id}/storage`, connection);
  }

  rename(id, title) {
    return this.#json('PUT', `/api/ar-content/${id}`, { title });
  }

  content(id) {
    return this.#json('GET', `/api/ar-content/${id}`);
  }

  /** Asks for a content until it is as wanted. */
  waitForContent(id, wanted) {
    return waitFor(() => this.content(id), wanted);
  }

  #json(method, path, body) {
    return this.#send(method, path, body && JSON.stringify(body), { 'content-type': 'application/json' });
  }

  async #send(method, path, body, headers = {}) {
    const authorization = this.#token && { authorization: `Bearer ${this.#token}` };
    const answer = await fetch(this.url + path, { method, body, headers: { ...headers, ...authorization } });
    if (answer.status === 429) {
      await pause(1000 * Number(answer.headers.get('retry-after') ?? 1));
      return this.#send(method, path, body, headers);
    }
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}

async function waitFor(ask, wanted) {
  for (const deadline = Date.now() + PATIENCE; ; await pause(500)) {
    const found = await ask();
    if (wanted(found)) return found;
    if (Date.now() > deadline) throw new Error(`still not as wanted: ${JSON.stringify(found)}`);
  }
}

const TYPES = { '.png': 'image/png', '.mp4': 'video/mp4', '.webm': 'video/webm' };

async function fileOf(path) {
  return new File([await readFile(path)], basename(path), { type: TYPES[extname(path)] });
}
