import { PageSession } from './browser/page-session.mjs';
import { Judge } from './judge.mjs';
import { compileOfficially } from './official.mjs';
import { loadPyramid } from './pictures.mjs';
import { writeReport } from './report.mjs';
import { Stage } from './scene/stage.mjs';

const VIEWS = 48;

/** `.mind` files beside those of MindAR's own compiler, judged by MindAR in Chromium. */
export function mindFormat({ options, machine }) {
  const { sequences, frames, negatives, refine, officialRuns } = options;
  const judging = { views: options.views ?? VIEWS, sequences, frames, negatives, refine };
  const versions = { chromium: machine.chromium, mindAr: machine.mindAr };
  return {
    name: 'mind',
    extensions: ['mind'],
    peer: 'official',
    needsPeer: true,
    folder: 'target/peers',
    given: { ours: options.ours, official: options.official },
    report: options.report,
    judging,
    versions,
    conditions: { ...versions, runs: officialRuns },

    compile(picture, base, say) {
      const onRun = (run) => say(`official compiler, run ${run + 1} of ${officialRuns}`);
      return compileOfficially(picture, `${base}.mind`, officialRuns, onRun);
    },

    open: () => PageSession.open('runtime.js'),

    async judge(session, { picture, strangers, files, seed, say }) {
      const stage = new Stage(await loadPyramid(picture), strangers, seed);
      const results = {};
      for (const [side, { mind }] of Object.entries(files)) {
        say(`${side === 'ours' ? 'our' : 'official'} file, seed ${seed}, ${judging.views} views`);
        results[side] = await new Judge(session).measure(mind, stage, judging);
        if (results[side].warning) say(`warning: ${results[side].warning}`);
      }
      return results;
    },

    write: (run) => writeReport(options.report, { ...run, judging }),
  };
}
