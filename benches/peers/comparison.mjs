import { mkdirSync, writeFileSync } from 'node:fs';
import { MarkerFolder } from './files.mjs';
import { buildOurs, compileOurs } from './ours.mjs';
import { hashOf, strangersTo } from './pictures.mjs';
import { portablePath, repository } from './repository.mjs';
import { Rows } from './rows.mjs';

/**
 * Compiles pictures to one format with this engine and with its peer, judges both files of each, writes the report.
 *
 * A format has: `name`, `extensions`, the `peer`, the `folder` where all is kept, the `given` folders of files to take
 * instead and the `report`, as read from the options; `judging`, `conditions` and `versions`, on which rows and files
 * depend; `compile`, `judge`, `write`, and `open` when judging takes something that is kept open.
 */
export class Comparison {
  #format;
  #run;
  #folder;

  /** `run` is { options, machine, commit, command, pictures, all, say }, `all` with those that only are strangers. */
  constructor(format, run) {
    this.#format = format;
    this.#run = run;
    this.#folder = repository(format.folder);
  }

  async make() {
    const { extensions, peer, given, report } = this.#format;
    const { machine, commit, options, say } = this.#run;
    const ours = new MarkerFolder(given.ours ?? (await this.#compileOurs()), extensions);
    const theirs = new MarkerFolder(given[peer] ?? (await this.#compileTheirs()), extensions);
    const rows = await this.#judgeAll(ours, theirs);
    const path = `${this.#folder}/rows.json`;
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(path, `${JSON.stringify({ machine, commit, options, rows }, null, 1)}\n`);
    this.#format.write({ rows, ...this.#run });
    say(`wrote ${portablePath(report)} and ${portablePath(path)}`);
  }

  async #compileOurs() {
    const { name, extensions } = this.#format;
    const { pictures, options, say } = this.#run;
    const path = `${this.#folder}/ours`;
    const folder = new MarkerFolder(path, extensions);
    mkdirSync(path, { recursive: true });
    say('building our compiler');
    const program = await buildOurs();
    for (const picture of pictures) {
      this.#say(picture, `our compiler, ${options.runs} runs`);
      folder.writeLog(picture, await compileOurs(program, name, picture, folder.base(picture), options.runs));
    }
    return path;
  }

  /** Those that were compiled before under the same conditions stay: they are the slow part. */
  async #compileTheirs() {
    const { peer, extensions } = this.#format;
    const path = `${this.#folder}/${peer}`;
    const folder = new MarkerFolder(path, extensions);
    mkdirSync(path, { recursive: true });
    for (const picture of this.#run.pictures) {
      const conditions = { picture: picture.hash, ...this.#format.conditions };
      if (!this.#run.options.fresh && folder.isCompiled(picture, conditions)) continue;
      const log = await this.#format.compile(picture, folder.base(picture), (what) => this.#say(picture, what));
      folder.writeLog(picture, { conditions, ...log });
    }
    return path;
  }

  async #judgeAll(ours, theirs) {
    const { pictures, options } = this.#run;
    const known = new Rows(`${this.#folder}/rows.jsonl`);
    const judged = [];
    let session;
    try {
      for (const picture of pictures) {
        const markers = this.#markersOf(picture, ours, theirs);
        for (const seed of options.seeds) {
          const dependencies = this.#dependenciesOf(picture, markers, seed);
          let row = options.fresh ? undefined : known.find(dependencies);
          if (!row) {
            session ??= await this.#format.open?.();
            row = known.add(dependencies, await this.#judge(session, picture, markers, seed));
          }
          judged.push({ ...row, cost: mapped(markers, costOf) });
        }
      }
    } finally {
      await session?.close();
    }
    return judged;
  }

  /** The markers of both sides; that of the peer is null when there is none and the format can do without. */
  #markersOf(picture, ours, theirs) {
    const { peer, needsPeer } = this.#format;
    const markers = { ours: ours.read(picture), [peer]: theirs.read(picture) };
    if (!markers.ours) throw new Error(`${ours.base(picture)} is missing`);
    if (!markers[peer] && needsPeer) throw new Error(`${theirs.base(picture)} is missing`);
    return { ...markers, [peer]: markers[peer] ?? { files: null, log: { failure: theirs.failure(picture) } } };
  }

  #dependenciesOf(picture, markers, seed) {
    return {
      picture: picture.name,
      pictureHash: picture.hash,
      othersHash: hashOf(this.#run.all.map(({ file, hash }) => file + hash).join()),
      files: mapped(markers, ({ hash }) => hash ?? null),
      seed,
      judging: this.#format.judging,
      ...this.#format.versions,
    };
  }

  /** Which of the two files goes first changes from picture to picture. */
  #judge(session, picture, markers, seed) {
    const there = Object.keys(markers).filter((side) => markers[side].files);
    if (this.#run.pictures.indexOf(picture) % 2) there.reverse();
    const files = Object.fromEntries(there.map((side) => [side, markers[side].files]));
    const strangers = strangersTo(picture, this.#run.all);
    return this.#format.judge(session, { picture, strangers, files, seed, say: (what) => this.#say(picture, what) });
  }

  #say(picture, what) {
    const { pictures, say } = this.#run;
    say(`${this.#format.name} ${pictures.indexOf(picture) + 1} of ${pictures.length}, ${picture.name}: ${what}`);
  }
}

function costOf({ files, log }) {
  const sizes = mapped(files ?? {}, (bytes) => bytes.length);
  const bytes = files ? Object.values(sizes).reduce((sum, size) => sum + size, 0) : undefined;
  return { ...log, bytes, sizes };
}

function mapped(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}
