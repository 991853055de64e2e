import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { launch } from './browser.mjs';
import { PanelPage } from './panel-page.mjs';
import { startServer } from './server.mjs';

const { VERTEX_BIN, VERTEX_SHOTS } = process.env;
const PASSWORD = 'violet kettle marmalade';
const skip = !VERTEX_BIN && 'VERTEX_BIN names no binary to start with a bot of its own';

let browser;
let telegram;
let service;
before(async () => {
  if (skip) return;
  browser = await launch();
  telegram = await startTelegram();
  const bot = { TELEGRAM_BOT_TOKEN: '123:secret', VERTEX_TELEGRAM_API: telegram.url };
  service = await startServer(VERTEX_BIN, PASSWORD, bot);
});
after(async () => {
  await browser?.close();
  await service?.stop();
  telegram?.server.close();
});

/** A Bot API on loopback: tells of texts that are written to the bot, and keeps what it sends. */
async function startTelegram() {
  const updates = [];
  const sent = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    const said = body ? JSON.parse(body) : {};
    const method = request.url.split('/').pop();
    if (method === 'sendMessage') sent.push(said);
    const results = {
      getMe: { id: 123, is_bot: true, username: 'vertex_test_bot' },
      getUpdates: updates.filter((update) => update.update_id >= (said.offset ?? 0)),
      sendMessage: { message_id: 1 },
    };
    const isQuiet = method === 'getUpdates' && results.getUpdates.length === 0;
    setTimeout(() => response.end(JSON.stringify({ ok: true, result: results[method] })), isQuiet ? 200 : 0);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const write = (chat, text) => updates.push({ update_id: updates.length + 1, message: { chat: { id: chat }, text } });
  return { server, sent, write, url: `http://127.0.0.1:${server.address().port}` };
}

test('a Telegram chat is connected by the code that comes from it, and disconnected', { skip }, async () => {
  const panel = await PanelPage.open(browser, service.url);
  const { page } = panel;
  await panel.signIn('admin', PASSWORD);
  await page.goto(`${service.url}/admin/profile`);
  await panel.button('Connect Telegram').click();
  const link = await page.getByRole('link', { name: 'Open Telegram and press Start' }).getAttribute('href');
  const [, code] = /^https:\/\/t\.me\/vertex_test_bot\?start=([\w-]+)$/.exec(link);
  await page.getByText(`/start ${code}`).waitFor();
  if (VERTEX_SHOTS) await page.screenshot({ path: `${VERTEX_SHOTS}/telegram.png`, fullPage: true });
  telegram.write(-1007, `/start ${code}`);
  await page.getByText('Notifications go to the Telegram chat -1007.').waitFor();
  assert.equal(telegram.sent[0].chat_id, '-1007');
  await panel.button('Disconnect').click();
  await panel.button('Connect Telegram').waitFor();
  await panel.close();
});
