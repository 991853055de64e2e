import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT, portablePath, repository } from './repository.mjs';

/** Every option is `--name value`, or NAME in the environment; seeds are `--seed` as often as wanted, or SEEDS. */
const NUMBERS = {
  views: undefined,
  sequences: 3,
  frames: 20,
  negatives: 4,
  refine: 2,
  runs: 5,
  officialRuns: 2,
  standardMinutes: 10,
};
const FOLDERS = ['pictures', 'ours', 'official', 'oursNft', 'standard'];
const REPORTS = { report: 'docs/benchmarks.md', reportNft: 'docs/benchmarks-nft.md' };
const FORMATS = ['mind', 'nft'];
const DEFAULT_SEEDS = [11];

/** `officialRuns` is `--official-runs` and OFFICIAL_RUNS. */
const flagOf = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const variableOf = (name) => flagOf(name).replace('-', '_').toUpperCase();

export function readOptions(args, environment) {
  const names = [...Object.keys(NUMBERS), ...FOLDERS, ...Object.keys(REPORTS), 'only', 'formats'];
  const flags = Object.fromEntries(names.map((name) => [flagOf(name), { type: 'string' }]));
  const { values } = parseArgs({
    args,
    options: { ...flags, seed: { type: 'string', multiple: true }, fresh: { type: 'boolean' } },
  });
  const given = (name) => values[flagOf(name)] ?? (environment[variableOf(name)] || undefined);

  const options = {
    seeds: wholeNumbers(values.seed ?? words(environment.SEEDS), 'a seed') ?? DEFAULT_SEEDS,
    only: words(given('only')),
    formats: words(given('formats')) ?? FORMATS,
    fresh: values.fresh ?? Boolean(environment.FRESH),
  };
  for (const [name, usual] of Object.entries(NUMBERS)) {
    options[name] = wholeNumbers(words(given(name)), flagOf(name))?.[0] ?? usual;
  }
  const unknown = options.formats.find((format) => !FORMATS.includes(format));
  if (unknown) throw new Error(`a format is ${FORMATS.join(' or ')}, not ${unknown}`);
  for (const name of FOLDERS) options[name] = given(name) && existing(given(name));
  for (const [name, usual] of Object.entries(REPORTS)) options[name] = resolve(ROOT, given(name) ?? usual);
  return options;
}

function existing(folder) {
  if (!existsSync(folder)) throw new Error(`there is no folder ${folder}`);
  return resolve(folder);
}

function words(text) {
  const list = text?.split(/[\s,]+/).filter(Boolean);
  return list?.length ? list : undefined;
}

function wholeNumbers(list, what) {
  return list?.map((text) => {
    if (!/^\d+$/.test(text)) throw new Error(`${what} is a whole number, not ${text}`);
    return Number(text);
  });
}

/** The command that gives these options, without the paths of this machine. */
export function commandOf(options) {
  const parts = ['make bench-peers'];
  for (const name of FOLDERS) if (options[name]) parts.push(`${variableOf(name)}=${portablePath(options[name])}`);
  if (options.only) parts.push(`ONLY="${options.only.join(' ')}"`);
  if (options.formats.join() !== FORMATS.join()) parts.push(`FORMATS="${options.formats.join(' ')}"`);
  if (options.seeds.join() !== DEFAULT_SEEDS.join()) parts.push(`SEEDS="${options.seeds.join(' ')}"`);
  for (const [name, usual] of Object.entries(NUMBERS)) {
    if (options[name] !== usual) parts.push(`${variableOf(name)}=${options[name]}`);
  }
  for (const [name, usual] of Object.entries(REPORTS)) {
    if (options[name] !== repository(usual)) parts.push(`${variableOf(name)}=${portablePath(options[name])}`);
  }
  return parts.join(' ');
}
