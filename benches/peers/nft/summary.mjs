import { comparing } from '../sides.mjs';
import { mean, sum } from '../statistics.mjs';
import { costOf } from '../summary.mjs';
import { RUNTIMES } from './runtime-session.mjs';

const SIDES = ['standard', 'ours'];
export const { meansOf, ratioOf } = comparing(SIDES);

/** Rows of several seeds, one for each picture: means of what was measured, sums of what was counted. */
export function byPicture(rows) {
  const names = [...new Set(rows.map(({ picture }) => picture))];
  return names.map((name) => {
    const same = rows.filter(({ picture }) => picture === name);
    const sides = SIDES.map((side) => [side, sideOf(same.map((row) => row[side]), same[0].cost[side])]);
    return { name, megapixels: same[0].megapixels, ...Object.fromEntries(sides) };
  });
}

/** A side without a marker has its cost and why there is none. */
function sideOf(results, cost) {
  const runtimes = results[0]
    ? Object.keys(RUNTIMES).map((runtime) => [runtime, combine(results.map((result) => result[runtime]))])
    : [];
  return {
    ...Object.fromEntries(runtimes),
    there: Boolean(results[0]),
    failure: cost.failure ?? null,
    keypointKilobytes: cost.sizes.fset3 === undefined ? null : cost.sizes.fset3 / 1000,
    ...costOf(cost),
  };
}

/** A marker found in a smaller share of the views has no median error worth the name. */
const RARELY = 0.1;

function combine(results) {
  const average = (read) => mean(results.map(read));
  const success = average((result) => result.success);
  const averages = (read) =>
    Object.fromEntries(Object.keys(read(results[0])).map((name) => [name, average((result) => read(result)[name])]));
  return {
    failure: results.find(({ failure }) => failure)?.failure ?? null,
    success,
    byTilt: averages(({ byTilt }) => byTilt),
    byDistance: averages(({ byDistance }) => byDistance),
    byLight: averages(({ byLight }) => byLight),
    wrongPoses: sum(results.map(({ wrongPoses }) => wrongPoses)),
    falseDetections: sum(results.map(({ falseDetections }) => falseDetections)),
    error: success < RARELY ? null : average(({ error }) => error),
    searchMs: average(({ searchMs }) => searchMs),
  };
}
