import assert from 'node:assert/strict';

const PATIENCE = 90_000;

/** Somebody at the panel, in a browser that notes what goes wrong. */
export class PanelPage {
  static async open(browser, url, { width = 1280, height = 860, scheme = 'light', language = 'en' } = {}) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, locale: language });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    return new PanelPage(page, url);
  }

  constructor(page, url) {
    this.page = page;
    this.url = url;
    this.errors = [];
    page.on('pageerror', (error) => this.errors.push(String(error)));
    page.on('console', (message) => /Content Security Policy/i.test(message.text()) && this.errors.push(message.text()));
    // Some violations, such as an evaluation that is tried, print nothing.
    this.ready = page.exposeFunction('noteViolation', (text) => this.errors.push(text)).then(() =>
      page.addInitScript(() => {
        addEventListener('securitypolicyviolation', (event) => globalThis.noteViolation(`${event.violatedDirective}: ${event.blockedURI}`));
      }),
    );
  }

  async signIn(username, password, path = '/') {
    await this.ready;
    await this.page.goto(`${this.url}/admin${path === '/' ? '' : path}`);
    await this.page.fill('[name="username"]', username);
    await this.page.fill('[name="password"]', password);
    await this.page.getByRole('button', { name: /sign in|войти/i }).click();
    await this.page.locator('main#content h1').waitFor();
  }

  /** Goes to a page by the navigation and waits for its heading. */
  async go(name) {
    await this.page.getByRole('link', { name, exact: true }).click();
    await this.heading(name);
  }

  heading(name) {
    return this.page.getByRole('heading', { level: 1, name }).waitFor();
  }

  button(name) {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** Ends the visit; nothing may have gone wrong in it. */
  async close() {
    assert.deepEqual(this.errors, []);
    await this.page.context().close();
  }
}
