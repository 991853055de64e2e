import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './browser.mjs';
import { Client } from './client.mjs';
import { CLIP, PICTURE } from './files.mjs';
import { findS3, startS3 } from './s3.mjs';

const { VERTEX_URL, VERTEX_USER, VERTEX_PASSWORD, VERTEX_SHOTS, CI } = process.env;
const PATIENCE = 90_000;
const skip = !findS3() && !CI && 'there is no s3_server: build the example of vertex-http';

let browser;
let server;
before(async () => {
  browser = await launch();
  if (!skip) server = await startS3();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

async function signedIn(username, password) {
  const page = await browser.newPage({ viewport: { width: 1100, height: 1250 } });
  page.setDefaultTimeout(PATIENCE);
  const errors = [];
  page.on('pageerror', (error) => errors.push(error));
  page.on('console', (message) => /Content Security Policy/i.test(message.text()) && errors.push(message.text()));
  await page.goto(`${VERTEX_URL}/#storage`);
  await page.fill('[name="username"]', username);
  await page.fill('[name="password"]', password);
  await page.click('button[type="submit"]');
  await page.waitForSelector('.place h2');
  /** Pictures for people, where somebody asks for them. */
  const shot = (name) => VERTEX_SHOTS && page.screenshot({ path: `${VERTEX_SHOTS}/${name}.png`, fullPage: true });
  return { page, errors, shot };
}

test('an administrator connects a bucket, tries it, and moves the files there and back', { skip }, async () => {
  const root = new Client(VERTEX_URL);
  await root.signIn(VERTEX_USER, VERTEX_PASSWORD);
  const client = await root.createCompany('Movers');
  await client.createContent('On the move', PICTURE, CLIP);

  const { page, errors, shot } = await signedIn(client.boss.username, client.boss.password);
  const place = page.locator('.place');
  await place.getByText('On the server').waitFor();
  await place.getByText('2 files, no limit').waitFor();
  await shot('storage-local');

  await page.check('[name="kind"][value="minio"]');
  const { endpoint, bucket, access_key: accessKey, secret_key: secretKey } = server.connection;
  await page.click('form button[type="submit"]');
  await page.fill('[name="endpoint"]', endpoint);
  await page.fill('[name="bucket"]', bucket);
  await page.fill('[name="access_key"]', accessKey);
  await page.fill('[name="secret_key"]', 'not-this-one');
  await page.click('form button[type="submit"]');
  await page.getByText(/does not work: step write: the storage does not accept the credentials/).waitFor();
  await shot('storage-refused');
  await page.fill('[name="secret_key"]', secretKey);
  await page.click('form button[type="submit"]');
  await place.getByText('In a bucket').waitFor();
  await shot('storage-moving');

  await page.getByRole('button', { name: 'Test it' }).click();
  await page.locator('.tested', { hasText: 'It works.' }).waitFor();
  assert.equal(await page.locator('.steps [data-outcome="passed"]').count(), 5);
  await place.getByText(/being/).waitFor({ state: 'detached' });
  await shot('storage-bucket');
  assert.equal(await page.inputValue('[name="secret_key"]'), '', 'keys are not shown');

  await page.check('[name="kind"][value="local"]');
  await page.click('form button[type="submit"]');
  await place.getByText('On the server').waitFor();
  assert.deepEqual(errors, []);
  await page.close();
});

test('a superadmin looks after the storage of every company', async () => {
  const root = new Client(VERTEX_URL);
  await root.signIn(VERTEX_USER, VERTEX_PASSWORD);
  const { company } = await root.createCompany('Looked After');
  const { page, errors, shot } = await signedIn(VERTEX_USER, VERTEX_PASSWORD);
  await page.selectOption('[name="company"]', company.id);
  await page.getByText('0 files, no limit').waitFor();
  assert.match(page.url(), new RegExp(`#storage/${company.id}$`));

  await page.check('[name="kind"][value="yandex_disk"]');
  await page.click('form button[type="submit"]');
  await page.getByText('set YANDEX_OAUTH_CLIENT_ID').waitFor();
  await shot('storage-yandex');
  await page.click('text=Pictures');
  await page.waitForSelector('.create');
  assert.deepEqual(errors, []);
  await page.close();
});
