/** Compares our marker files with those of the official compiler; see README.md beside this file. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { PageSession } from './browser/page-session.mjs';
import { isCompiled, markerPath, readMarker, writeLog } from './files.mjs';
import { Judge } from './judge.mjs';
import { describeCommit, describeMachine } from './machine.mjs';
import { compileOfficially } from './official.mjs';
import { commandOf, judgingOf, readOptions } from './options.mjs';
import { buildOurs, compileOurs } from './ours.mjs';
import { hashOf, listPictures, loadPyramid, strangersTo } from './pictures.mjs';
import { writeReport } from './report.mjs';
import { portablePath, repository } from './repository.mjs';
import { Rows } from './rows.mjs';
import { Stage } from './scene/stage.mjs';

const WORK = repository('target/peers');

const options = readOptions(process.argv.slice(2), process.env);
const all = listPictures(options.pictures);
const pictures = all.filter(({ name }) => options.only?.includes(name) ?? true);
if (!pictures.length) throw new Error('no picture has that name');
const machine = describeMachine();
const commit = describeCommit(options.report);
const begun = Date.now();

const ours = options.ours ?? (await compileAllOurs());
const official = options.official ?? (await compileAllOfficially());
const rows = await judgeAll();
mkdirSync(WORK, { recursive: true });
writeFileSync(repository('target/peers/rows.json'), `${JSON.stringify({ machine, commit, options, rows }, null, 1)}\n`);
writeReport(options.report, { rows, machine, commit, command: commandOf(options), options });
say(`wrote ${portablePath(options.report)} and target/peers/rows.json`);

function say(text) {
  const minutes = ((Date.now() - begun) / 60_000).toFixed(1);
  console.log(`${minutes.padStart(5)} min  ${text}`);
}

function sayPicture(index, phase) {
  say(`picture ${index + 1} of ${pictures.length}, ${pictures[index].name}: ${phase}`);
}

async function compileAllOurs() {
  const folder = `${WORK}/ours`;
  mkdirSync(folder, { recursive: true });
  say('building our compiler');
  const program = await buildOurs();
  for (const [index, picture] of pictures.entries()) {
    sayPicture(index, `our compiler, ${options.runs} runs`);
    writeLog(folder, picture, await compileOurs(program, picture, markerPath(folder, picture), options.runs));
  }
  return folder;
}

/** Those that were compiled before under the same conditions stay: they are the slow part. */
async function compileAllOfficially() {
  const folder = `${WORK}/official`;
  mkdirSync(folder, { recursive: true });
  const { chromium, mindAr } = machine;
  for (const [index, picture] of pictures.entries()) {
    const conditions = { picture: picture.hash, chromium, mindAr, runs: options.officialRuns };
    if (!options.fresh && isCompiled(folder, picture, conditions)) continue;
    const onRun = (run) => sayPicture(index, `official compiler, run ${run + 1} of ${options.officialRuns}`);
    const log = await compileOfficially(picture, markerPath(folder, picture), options.officialRuns, onRun);
    writeLog(folder, picture, { conditions, ...log });
  }
  return folder;
}

async function judgeAll() {
  const known = new Rows(`${WORK}/rows.jsonl`);
  const judged = [];
  let session;
  try {
    for (const [index, picture] of pictures.entries()) {
      const files = { ours: readMarker(ours, picture), official: readMarker(official, picture) };
      for (const seed of options.seeds) {
        const dependencies = dependenciesOf(picture, files, seed);
        let row = options.fresh ? undefined : known.find(dependencies);
        if (!row) {
          session ??= await PageSession.open('runtime.js');
          row = known.add(dependencies, await judgePair(session, index, files, seed));
        }
        judged.push({ ...row, cost: { ours: costOf(files.ours), official: costOf(files.official) } });
      }
    }
  } finally {
    await session?.close();
  }
  return judged;
}

function dependenciesOf(picture, files, seed) {
  return {
    picture: picture.name,
    pictureHash: picture.hash,
    othersHash: hashOf(all.map(({ file, hash }) => file + hash).join()),
    files: { ours: files.ours.hash, official: files.official.hash },
    seed,
    judging: judgingOf(options),
    chromium: machine.chromium,
    mindAr: machine.mindAr,
  };
}

/** Both files right after each other on the same frames, now the one first and now the other. */
async function judgePair(session, index, files, seed) {
  const picture = pictures[index];
  const stage = new Stage(await loadPyramid(picture), strangersTo(picture, all), seed);
  const results = {};
  for (const who of index % 2 ? ['official', 'ours'] : ['ours', 'official']) {
    sayPicture(index, `${who === 'ours' ? 'our' : 'official'} file, seed ${seed}, ${options.views} views`);
    results[who] = await new Judge(session).measure(files[who].bytes, stage, options);
    if (results[who].warning) say(`warning: ${results[who].warning}`);
  }
  return { ours: results.ours, official: results.official };
}

function costOf({ bytes, log }) {
  return { ...log, bytes: bytes.length };
}
