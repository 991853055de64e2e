import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { findChromium } from './browser/chromium.mjs';
import { ROOT, portablePath, repository } from './repository.mjs';

const say = (program, ...args) =>
  execFileSync(program, args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();

/** Where and with what is measured, as far as figures depend on it. */
export function describeMachine() {
  return {
    cpu: `${cpus()[0].model.trim()}, ${cpus().length} cores`,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    load: loadavg()[0],
    chromium: /[\d.]+/.exec(say(findChromium(), '--version'))[0],
    node: process.versions.node,
    rustc: /[\d.]+/.exec(say('rustc', '--version'))[0],
    mindAr: mindArVersion(),
  };
}

function mindArVersion() {
  return JSON.parse(readFileSync(repository('benches/peers/node_modules/mind-ar/package.json'), 'utf8')).version;
}

/** The commit of the sources, and whether they have changed since; the report itself does not count. */
export function describeCommit(report) {
  const changes = say('git', 'status', '--porcelain', '--', '.', `:!${portablePath(report)}`);
  return `${say('git', 'rev-parse', '--short=10', 'HEAD')}${changes ? ' with changes' : ''}`;
}
