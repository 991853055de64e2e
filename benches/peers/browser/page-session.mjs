import { chromium } from 'playwright-core';
import { launchChromium } from './chromium.mjs';
import { PageServer } from './server.mjs';

/** A browser with one page in which MindAR runs. The functions of the page's script are called by name. */
export class PageSession {
  #chromium;
  #browser;
  #page;
  #server = new PageServer();

  /** `script` is a file in `browser/page` that puts its functions into `window.calls`. */
  static async open(script) {
    const session = new PageSession();
    try {
      await session.#open(script);
    } catch (error) {
      await session.close();
      throw error;
    }
    return session;
  }

  async #open(script) {
    const address = await this.#server.start();
    this.#chromium = await launchChromium();
    this.#browser = await chromium.connect(this.#chromium.wsEndpoint());
    this.#page = await this.#browser.newPage();
    this.#page.on('pageerror', (error) => console.error(`page: ${error.message}`));
    await this.#page.goto(address);
    await this.#page.addScriptTag({ url: `/page/${script}`, type: 'module' });
    await this.#page.waitForFunction('window.calls !== undefined', null, { timeout: 60_000 });
  }

  get pid() {
    return this.#chromium.process().pid;
  }

  get version() {
    return this.#browser.version();
  }

  call(name, ...values) {
    return this.#page.evaluate(([called, given]) => window.calls[called](...given), [name, values]);
  }

  /** Makes bytes readable to the page at a path. */
  give(path, bytes) {
    this.#server.given.set(path, bytes);
    return path;
  }

  /** The bytes that the page sent to a path. */
  take(path) {
    const bytes = this.#server.received.get(path);
    this.#server.received.delete(path);
    return bytes;
  }

  async close() {
    this.#server.stop();
    await this.#browser?.close().catch(() => {});
    await this.#chromium?.close();
  }
}
