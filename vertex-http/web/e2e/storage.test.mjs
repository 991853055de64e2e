import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './browser.mjs';
import { Client } from './client.mjs';
import { CLIP, PICTURE } from './files.mjs';
import { PanelPage } from './panel-page.mjs';
import { findS3, startS3 } from './s3.mjs';

const { VERTEX_URL, VERTEX_USER, VERTEX_PASSWORD, CI } = process.env;
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

test('an administrator connects a bucket, tries it, and moves the files there and back', { skip }, async () => {
  const root = new Client(VERTEX_URL);
  await root.signIn(VERTEX_USER, VERTEX_PASSWORD);
  const client = await root.createCompany('Movers');
  await client.createContent('On the move', PICTURE, CLIP);

  const panel = await PanelPage.open(browser, VERTEX_URL);
  const { page } = panel;
  await panel.signIn(client.boss.username, client.boss.password);
  await page.getByRole('link', { name: 'Storage', exact: true }).click();
  await page.getByText(/^2 files of/).waitFor();

  const kind = async (name) => {
    await page.getByRole('combobox', { name: 'Kind' }).click();
    await page.getByRole('option', { name }).click();
  };
  await kind('In a bucket (S3, MinIO)');
  const { endpoint, bucket, access_key: accessKey, secret_key: secretKey } = server.connection;
  await page.getByLabel('Address').fill(endpoint);
  await page.getByLabel('Bucket', { exact: true }).fill(bucket);
  await page.getByLabel('Access key').fill(accessKey);
  await page.getByLabel('Secret key').fill('not-this-one');
  await panel.button('Move the files there').click();
  await page.getByText(/storage does not work: step write: the storage does not accept the credentials/).waitFor();
  await page.getByLabel('Secret key').fill(secretKey);
  await panel.button('Move the files there').click();
  await page.locator('p', { hasText: /^In a bucket/ }).waitFor();

  await panel.button('Test it').click();
  await page.getByText('It works.').waitFor();
  assert.equal(await page.getByRole('status').getByRole('listitem').count(), 5);
  await page.getByText(/being/).waitFor({ state: 'detached' });
  assert.equal(await page.getByLabel('Secret key').inputValue(), '', 'keys are not shown');

  await kind('On the server');
  await panel.button('Move the files there').click();
  await page.locator('p', { hasText: /^On the server/ }).waitFor();
  await panel.close();
});

test('a superadmin looks after the storage of every company', async () => {
  const root = new Client(VERTEX_URL);
  await root.signIn(VERTEX_USER, VERTEX_PASSWORD);
  const { company } = await root.createCompany('Looked After');
  const panel = await PanelPage.open(browser, VERTEX_URL);
  const { page } = panel;
  await panel.signIn(VERTEX_USER, VERTEX_PASSWORD);
  await panel.go('Companies');
  await page.getByRole('cell', { name: 'Looked After' }).click();
  await panel.heading('Looked After');
  await page.getByRole('link', { name: 'Storage & quota' }).click();
  await page.getByText(/^0 files of/).waitFor();
  assert.match(page.url(), new RegExp(`/companies/${company.id}/storage$`));

  await page.getByRole('combobox', { name: 'Kind' }).click();
  await page.getByRole('option', { name: 'On a Yandex Disk' }).click();
  await panel.button('Connect a Yandex Disk').click();
  await page.getByText('set YANDEX_OAUTH_CLIENT_ID').waitFor();
  await panel.close();
});
