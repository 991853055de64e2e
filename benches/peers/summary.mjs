import { TILT_NAMES } from './judge.mjs';
import { comparing } from './sides.mjs';
import { mean, sum } from './statistics.mjs';

const SIDES = ['official', 'ours'];
export const { meansOf, ratioOf } = comparing(SIDES);

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

/** What a marker file takes to make and to load, in the units of the report; null where its log does not tell. */
export function costOf(cost) {
  const inThousands = (value) => (value === undefined ? null : value / 1000);
  return {
    kilobytes: inThousands(cost.bytes),
    compileSeconds: inThousands(cost.compileMs ?? cost.totalMs),
    wholeSeconds: inThousands(cost.totalMs),
    firstSeconds: inThousands(cost.firstMs),
    cpuSeconds: cost.cpuSeconds ?? null,
    peakMb: cost.peakKb === undefined ? null : cost.peakKb / 1024,
    idleMb: cost.idleKb === undefined ? null : cost.idleKb / 1024,
  };
}
