import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import AxeBuilder from '@axe-core/playwright';
import { launch } from './browser.mjs';
import { Client } from './client.mjs';
import { CLIP, PICTURE, repository } from './files.mjs';
import { PanelPage } from './panel-page.mjs';
import { panelSizes } from './sizes.mjs';

const { VERTEX_URL, VERTEX_USER, VERTEX_PASSWORD, VERTEX_SHOTS } = process.env;
const FIRST_LOAD = 230_000;
const PAGE = 150_000;
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

let browser;
let folder;
before(async () => {
  browser = await launch();
  folder = await mkdtemp(join(tmpdir(), 'vertex-panel-'));
});
after(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

/** The test picture and clip under the names that somebody gave them. */
async function files(name) {
  const [picture, clip] = [join(folder, `${name}.png`), join(folder, `${name}.mp4`)];
  await Promise.all([copyFile(PICTURE, picture), copyFile(CLIP, clip)]);
  return [picture, clip];
}

test('somebody uploads a picture with its video, sees that it is good to print, and gets link and code', async () => {
  const panel = await PanelPage.open(browser, VERTEX_URL);
  const { page } = panel;
  await panel.signIn(VERTEX_USER, VERTEX_PASSWORD);
  await panel.go('Pictures');
  await page.locator('main input[type="file"]').setInputFiles(await files('Space walk'));
  const uploads = page.getByRole('region', { name: /Uploads/ });
  await uploads.getByText('Good to print').waitFor();
  await uploads.getByText('1 of 1 done').waitFor();
  await uploads.getByRole('link', { name: 'Open' }).click();
  await panel.heading('Space walk');

  await page.getByRole('tab', { name: 'Videos' }).click();
  await page.getByText('0:04').waitFor();
  await page.getByRole('tab', { name: 'Quality' }).click();
  await page.getByText('From the side').waitFor();
  await page.getByText(/Print it at least/).waitFor();
  await page.getByAltText(/points it is found by/).evaluate((image) => image.decode());
  await page.getByRole('tab', { name: 'QR & print' }).click();
  await page.getByAltText(/QR code: .*\/ar\/\w+$/).evaluate((image) => image.decode());
  await page.getByRole('tab', { name: 'Preview' }).click();
  await page.getByText('Now plays: Space walk').waitFor();
  await panel.close();
});

test('a rule is set, and the calendar shows what plays', async () => {
  const client = await asAdmin();
  const { id } = await client.createContent('Advent', PICTURE, CLIP);
  const panel = await PanelPage.open(browser, VERTEX_URL);
  const { page } = panel;
  await panel.signIn(VERTEX_USER, VERTEX_PASSWORD);
  await page.goto(`${VERTEX_URL}/admin/contents/${id}?tab=rotation`);
  await page.getByRole('radio', { name: /By date/ }).click();

  // A range is drawn by the keyboard alone: the first day, two further ones with Shift, Enter.
  const day = (index) => page.locator(`[role="gridcell"][data-day="${index}"]`);
  await day(0).focus();
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  assert.equal(await page.locator('[role="gridcell"][aria-selected="true"]').count(), 3);
  await page.keyboard.press('Enter');
  const [first, last] = await Promise.all(['First day', 'Last day'].map((label) => page.getByLabel(label).inputValue()));
  assert.equal((Date.parse(last) - Date.parse(first)) / 86_400_000, 2);
  await panel.button('Save').click();
  await page.getByText('Saved').waitFor();
  await day(1).getByText('Clip').waitFor();
  await panel.close();
});

test('a studio enters a client and an order, and moves the order without a pointer', async () => {
  const panel = await PanelPage.open(browser, VERTEX_URL);
  const { page } = panel;
  await panel.signIn(VERTEX_USER, VERTEX_PASSWORD);
  await panel.go('Clients');
  await panel.button('New client').click();
  await page.getByLabel('Name').fill('Anna Weber');
  await page.getByLabel('Phone').fill('12');
  await panel.button('Save').click();
  await page.getByText(/is not a phone number/).waitFor();
  await page.getByLabel('Phone').fill('+49 30 1234567');
  await panel.button('Save').click();
  await page.getByRole('cell', { name: 'Anna Weber' }).waitFor();

  await panel.go('Orders');
  await panel.button('New order').click();
  await page.getByRole('combobox', { name: 'Client' }).click();
  await page.getByRole('option', { name: /Anna Weber/ }).click();
  await page.getByLabel('Notes').fill('A portrait for the wall');
  await panel.button('Save').click();
  const column = (name) => page.getByRole('region', { name, exact: true });
  await column('New').getByText('A portrait for the wall').waitFor();
  await page.getByRole('button', { name: /More: Anna Weber/ }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'In progress' }).press('Enter');
  await column('In progress').getByText('A portrait for the wall').waitFor();
  await panel.close();
});

test('who changes what somebody else has changed meanwhile is told, and keeps what was typed', async () => {
  const client = await asAdmin();
  const { id } = await client.createContent('Contested', PICTURE, CLIP);
  const panel = await PanelPage.open(browser, VERTEX_URL);
  const { page } = panel;
  await panel.signIn(VERTEX_USER, VERTEX_PASSWORD);
  await page.goto(`${VERTEX_URL}/admin/contents/${id}`);
  await page.getByLabel('Title').fill('Mine');
  await client.rename(id, 'Theirs');
  await panel.button('Save').click();
  await page.getByText(/Somebody else has changed this/).waitFor();
  assert.equal(await page.getByLabel('Title').inputValue(), 'Mine');
  await panel.heading('Theirs');
  await panel.button('Save').click();
  await panel.heading('Mine');
  await panel.close();
});

test('a weak picture is replaced, and the code that is printed stays', async () => {
  const client = await asAdmin();
  const { id, viewer_url: link } = await client.createContent('Weak', PICTURE, CLIP);
  const panel = await PanelPage.open(browser, VERTEX_URL);
  const { page } = panel;
  await panel.signIn(VERTEX_USER, VERTEX_PASSWORD);
  await page.goto(`${VERTEX_URL}/admin/contents/${id}`);
  await page.getByLabel('Replace the picture').setInputFiles(repository('vertex-markers/tests/data/moon.png'));
  await page.getByRole('dialog').getByRole('button', { name: 'Replace the picture' }).click();
  await page.getByText('The picture was replaced').waitFor();
  await page.getByText(/512 × 512, png/).waitFor();
  const replaced = await client.waitForContent(id, ({ marker_status: status }) => status === 'ready');
  assert.equal(replaced.viewer_url, link);
  await panel.close();
});

test('a colleague is invited and joins', async () => {
  const panel = await PanelPage.open(browser, VERTEX_URL);
  const { page } = panel;
  await panel.signIn(VERTEX_USER, VERTEX_PASSWORD);
  await panel.go('Users');
  await panel.button('Invite').click();
  await page.getByLabel('Email').fill('colleague@example.org');
  await page.getByRole('dialog').getByRole('button', { name: 'Invite' }).click();
  const link = await page.getByText(/\/admin\/join\//).textContent();
  await panel.close();

  const colleague = await PanelPage.open(browser, VERTEX_URL);
  await colleague.page.goto(link);
  await colleague.page.getByLabel('Username').fill('colleague');
  await colleague.page.getByLabel('Password').fill('violet kettle marmalade 7');
  await colleague.button('Join').click();
  await colleague.heading('Dashboard');
  assert.equal(await colleague.page.getByRole('link', { name: 'Users', exact: true }).count(), 0, 'users do not see what administrators do');
  await colleague.close();
});

const PAGES = ['/', '/contents', '/projects', '/clients', '/orders', '/analytics', '/notifications', '/users', '/companies', '/storages', '/system', '/audit', '/profile'];

for (const [scheme, width, language] of [
  ['light', 1280, 'en'],
  ['dark', 390, 'ru'],
]) {
  test(`every page is accessible and keeps the policy: ${scheme}, ${width} pixels, ${language}`, async () => {
    const panel = await PanelPage.open(browser, VERTEX_URL, { width, scheme, language });
    const { page } = panel;
    await panel.signIn(VERTEX_USER, VERTEX_PASSWORD);
    for (const path of PAGES) {
      await page.goto(`${VERTEX_URL}/admin${path}`);
      await page.locator('main#content h1').waitFor();
      await page.waitForLoadState('networkidle');
      if (VERTEX_SHOTS) await page.screenshot({ path: join(VERTEX_SHOTS, `${scheme}-${width}${path.replaceAll('/', '-')}.png`) });
      const { violations } = await new AxeBuilder({ page }).withTags(WCAG).analyze();
      const found = violations.map(({ id, nodes }) => `${path}: ${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`);
      assert.deepEqual(found, []);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(overflow <= 0, `${path} is wider than the screen by ${overflow} pixels`);
    }
    const colors = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(colors, scheme === 'light' ? 'rgb(247, 245, 242)' : 'rgb(12, 14, 19)', 'the theme is there');
    await panel.close();
  });
}

test('pages load little', async () => {
  const { first, pages } = await panelSizes();
  assert.ok(first <= FIRST_LOAD, `the first load takes ${first} bytes`);
  for (const [page, bytes] of Object.entries(pages)) assert.ok(bytes <= PAGE, `${page} takes ${bytes} bytes more`);
});

async function asAdmin() {
  const client = new Client(VERTEX_URL);
  await client.signIn(VERTEX_USER, VERTEX_PASSWORD);
  return client;
}
