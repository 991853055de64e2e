import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { findChromium } from './browser/chromium.mjs';
import { ROOT, portablePath, repository } from './repository.mjs';

const say = (program, ...args) =>
  execFileSync(program, args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();

/** Where and with what is measured, as far as figures depend on it. */
export function describeMachine(formats) {
  return {
    cpu: `${cpus()[0].model.trim()}, ${cpus().length} cores`,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    load: loadavg()[0],
    chromium: formats.includes('mind') ? /[\d.]+/.exec(say(findChromium(), '--version'))[0] : null,
    node: process.versions.node,
    rustc: /[\d.]+/.exec(say('rustc', '--version'))[0],
    mindAr: versionOf('mind-ar'),
    jsartoolkitNft: versionOf('@webarkit/jsartoolkit-nft'),
    arjs: versionOf('@ar-js-org/artoolkit5-js'),
    nftGenerator: versionOf('@webarkit/nft-marker-creator-app'),
  };
}

function versionOf(name) {
  return JSON.parse(readFileSync(repository(`benches/peers/node_modules/${name}/package.json`), 'utf8')).version;
}

/** The commit of the sources, and whether they have changed since; the reports themselves do not count. */
export function describeCommit(reports) {
  const others = reports.map((report) => `:!${portablePath(report)}`);
  const changes = say('git', 'status', '--porcelain', '--', '.', ...others);
  return `${say('git', 'rev-parse', '--short=10', 'HEAD')}${changes ? ' with changes' : ''}`;
}
