import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const PLACES = [
  '/usr/lib/chromium/chromium',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
];

/** Software rendering, memory enough for a large picture, nothing slowed down and nothing that calls out. */
const FLAGS = [
  '--no-sandbox',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
  '--disable-gpu-watchdog',
  '--disable-dev-shm-usage',
  '--js-flags=--max-old-space-size=8192',
  '--disable-background-networking',
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** Path of a Chromium on this machine: the one `CHROMIUM` names or one in a usual place. */
export function findChromium() {
  return [process.env.CHROMIUM, ...PLACES].find((path) => path && existsSync(path));
}

/** Starts Chromium as a server of its own, whose process can be watched; it ends with this process. */
export async function launchChromium() {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('no Chromium here: install it, or name one in CHROMIUM');
  return chromium.launchServer({ executablePath, args: FLAGS });
}
