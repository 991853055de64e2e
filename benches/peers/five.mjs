/**
 * Judges a file of several targets on MindAR's runtime against the files of the single targets: is every picture found
 * among the others, and is it followed as exactly as alone?
 *
 *   node five.mjs --mind ALL.mind --target A.png=A.mind --target B.png=B.mind ... [--views 8] [--frames 20] [--seed 11]
 *
 * Targets are given in the order of the file. Ends with 1 when a target fails.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { PageSession } from './browser/page-session.mjs';
import { Judge } from './judge.mjs';
import { loadPyramid, pictureAt } from './pictures.mjs';
import { Stage } from './scene/stage.mjs';
import { median } from './statistics.mjs';
import { figure, table } from './table.mjs';

/** Pixels that following may be worse among others than alone. */
const TOLERANCE = 0.3;
const SLOW = 0;
const NO_UPDATES = 0;

const { values } = parseArgs({
  options: {
    mind: { type: 'string' },
    target: { type: 'string', multiple: true },
    views: { type: 'string', default: '8' },
    frames: { type: 'string', default: '20' },
    seed: { type: 'string', default: '11' },
  },
});
if (!values.mind || !values.target) {
  console.error('usage: five.mjs --mind ALL.mind --target PICTURE=SINGLE.mind ... [--views 8 --frames 20 --seed 11]');
  process.exit(2);
}
const [views, frames, seed] = [values.views, values.frames, values.seed].map(Number);
const targets = values.target.map((pair) => {
  const [, picture, single] = /^(.+)=(.+)$/.exec(pair) ?? [];
  if (!single) throw new Error(`a target is PICTURE=SINGLE.mind, not ${pair}`);
  return { picture: pictureAt(picture), single: readFileSync(single) };
});

const together = readFileSync(values.mind);
const session = await PageSession.open('runtime.js');
try {
  const results = [];
  for (const [index, { picture, single }] of targets.entries()) {
    console.error(`target ${index + 1} of ${targets.length}: ${picture.name}`);
    const stage = new Stage(await loadPyramid(picture), [], seed);
    const among = await measure(together, stage, { index, only: false });
    const alone = await measure(single, stage, {});
    results.push({ name: picture.name, among, alone, failure: failureOf(among, alone) });
  }
  console.log(describe(results));
  process.exitCode = results.some(({ failure }) => failure) ? 1 : 0;
} finally {
  await session.close();
}

async function measure(file, stage, which) {
  const judge = new Judge(session);
  const target = await judge.load(file, stage, which);
  const stills = [];
  for (let i = 0; i < views; i += 1) stills.push(await judge.find(target, stage.still(i), NO_UPDATES));
  const { errors } = await judge.follow(target, stage.sequence(SLOW, frames), frames);
  return {
    found: stills.filter(({ right }) => right).length,
    mistaken: stills.filter((still) => still.found && still.target !== target.index).length,
    alive: errors.length,
    error: median(errors),
  };
}

function failureOf(among, alone) {
  if (!among.found) return 'not found';
  if (among.alive < alone.alive) return `lost after ${among.alive} frames`;
  if (alone.alive && among.error - alone.error > TOLERANCE) return `followed worse by more than ${TOLERANCE} px`;
  return null;
}

function describe(results) {
  const header = ['target', 'found', 'alone', 'mistaken', 'frames', 'alone', 'error px', 'alone', 'verdict'];
  const rows = results.map(({ name, among, alone, failure }) => [
    name,
    `${among.found}/${views}`,
    `${alone.found}/${views}`,
    String(among.mistaken),
    String(among.alive),
    String(alone.alive),
    figure(among.error),
    figure(alone.error),
    failure ?? 'good',
  ]);
  return table(header, rows);
}
