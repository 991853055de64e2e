/**
 * Writes docs/images/panel-*.png: pages of the panel with a small studio's data in them. Run it as
 * `npm run e2e -- e2e/panel-screenshots.mjs`, so that it has a server.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { launch } from './browser.mjs';
import { Client } from './client.mjs';
import { CLIP, repository } from './files.mjs';
import { PanelPage } from './panel-page.mjs';

const IMAGES = repository('docs/images');
const { VERTEX_URL, VERTEX_USER, VERTEX_PASSWORD } = process.env;
const CONTENTS = [
  ['Among the stars', 'astronaut.png'],
  ['Beach finds', 'gravel.png'],
  ['By moonlight', 'moon.png'],
];
const SHOTS = [
  { name: 'dashboard', path: () => '/' },
  { name: 'picture', path: (id) => `/contents/${id}` },
  { name: 'quality', path: (id) => `/contents/${id}?tab=quality` },
  { name: 'phone', path: () => '/contents', options: { width: 390, height: 800, scheme: 'dark', language: 'ru' } },
];

const client = new Client(VERTEX_URL);
await client.signIn(VERTEX_USER, VERTEX_PASSWORD);
const contents = [];
for (const [title, picture] of CONTENTS) {
  contents.push(await client.createContent(title, repository(`vertex-markers/tests/data/${picture}`), CLIP));
}

await mkdir(IMAGES, { recursive: true });
const browser = await launch();
try {
  for (const { name, path, options } of SHOTS) {
    const panel = await PanelPage.open(browser, VERTEX_URL, options);
    await panel.signIn(VERTEX_USER, VERTEX_PASSWORD);
    await panel.page.goto(`${VERTEX_URL}/admin${path(contents[0].id)}`);
    await panel.page.locator('main#content h1').waitFor();
    await panel.page.waitForLoadState('networkidle');
    const image = join(IMAGES, `panel-${name}.png`);
    await panel.page.screenshot({ path: image });
    console.log(`wrote ${image}`);
    await panel.close();
  }
} finally {
  await browser.close();
}
