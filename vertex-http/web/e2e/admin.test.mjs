import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './browser.mjs';
import { CLIP, PICTURE } from './files.mjs';

const { VERTEX_URL, VERTEX_USER, VERTEX_PASSWORD } = process.env;
const PATIENCE = 90_000;

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

test('somebody signs in, uploads a picture with its video, and gets a link and a code', async () => {
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE);
  const errors = [];
  page.on('pageerror', (error) => errors.push(error));
  page.on('console', (message) => /Content Security Policy/i.test(message.text()) && errors.push(message.text()));

  await page.goto(VERTEX_URL);
  await page.fill('[name="username"]', VERTEX_USER);
  await page.fill('[name="password"]', VERTEX_PASSWORD);
  await page.click('button[type="submit"]');

  await page.setInputFiles('[name="image"]', { name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
  await page.click('.create button[type="submit"]');
  await page.waitForSelector('[data-error-of="image"]:not([hidden])');

  await page.setInputFiles('[name="image"]', PICTURE);
  await page.setInputFiles('[name="video"]', CLIP);
  await page.fill('[name="title"]', 'A portrait in space');
  await page.click('.create button[type="submit"]');

  const card = page.locator('.card', { hasText: 'A portrait in space' });
  await card.locator('.badge[data-status="ready"]').waitFor();
  assert.match(await card.locator('.link a').getAttribute('href'), /\/ar\/\w+$/);
  await card.locator('summary', { hasText: /Trackability \d+ of 100/ }).click();
  await card.locator('.breakdown', { hasText: 'From the side' }).waitFor();
  await card.locator('.overlay').evaluate((image) => image.decode());
  await card.locator('summary', { hasText: '1 video' }).click();
  await card.locator('.videos', { hasText: '0:04' }).waitFor();
  await card.locator('.code img').evaluate((image) => image.decode());

  await page.getByText('Sign out').click();
  await page.waitForSelector('[name="password"]');
  assert.deepEqual(errors, []);
  await page.close();
});
