import { TILT_NAMES } from './judge.mjs';
import { mean, sum } from './statistics.mjs';

const SIDES = ['official', 'ours'];

/** Rows of several seeds, one for each picture: means of what was measured, sums of what was counted. */
export function byPicture(rows) {
  const names = [...new Set(rows.map(({ picture }) => picture))];
  return names.map((name) => {
    const same = rows.filter(({ picture }) => picture === name);
    const sides = SIDES.map((side) => [side, combine(same.map((row) => row[side]), same[0].cost[side])]);
    return { name, ...Object.fromEntries(sides) };
  });
}

function combine(results, cost) {
  const average = (read) => mean(results.map(read));
  return {
    recall9: average(({ recall9 }) => recall9),
    recall1: average(({ recall1 }) => recall1),
    lock: average(({ lock }) => lock),
    tilts: TILT_NAMES.map((name) => average(({ byTilt }) => byTilt[name].recall9)),
    wrongPoses: sum(results.map(({ wrongPoses }) => wrongPoses)),
    falseFinds: sum(results.map(({ falseFinds }) => falseFinds)),
    detectError: average(({ detectError }) => detectError),
    lockedError: average(({ lockedError }) => lockedError),
    trackError: average(({ trackError }) => trackError),
    survival: average(({ survival }) => survival),
    alive: results.map(({ alive }) => alive.join(' ')).join(', '),
    matchMs: average(({ matchMs }) => matchMs),
    detectMs: average(({ detectMs }) => detectMs),
    trackMs: average(({ trackMs }) => trackMs),
    ...costOf(cost),
  };
}

function costOf(cost) {
  const inThousands = (value) => (value === undefined ? null : value / 1000);
  return {
    kilobytes: cost.bytes / 1000,
    compileSeconds: inThousands(cost.totalMs),
    firstSeconds: inThousands(cost.firstMs),
    cpuSeconds: cost.cpuSeconds ?? null,
    peakMb: cost.peakKb === undefined ? null : cost.peakKb / 1024,
    idleMb: cost.idleKb === undefined ? null : cost.idleKb / 1024,
  };
}

/** Means of both sides over the pictures for which both have the figure; a side that never has it is left out. */
export function meansOf(pictures, read) {
  const sides = SIDES.filter((side) => pictures.some((picture) => isKnown(read(picture[side]))));
  const known = pictures.filter((picture) => sides.every((side) => isKnown(read(picture[side]))));
  return Object.fromEntries(SIDES.map((side) => [side, mean(known.map((picture) => read(picture[side])))]));
}

/** The geometric mean of ours over official, picture by picture. */
export function ratioOf(pictures, read) {
  const ratios = pictures.map((picture) => quotient(read(picture.ours), read(picture.official)));
  const logarithm = mean(ratios.map((ratio) => (isKnown(ratio) ? Math.log(ratio) : null)));
  return logarithm === null ? null : Math.exp(logarithm);
}

export function quotient(ours, official) {
  return isKnown(ours) && isKnown(official) && official > 0 && ours > 0 ? ours / official : null;
}

function isKnown(value) {
  return value !== null && value !== undefined;
}
