import { loadPyramid } from '../pictures.mjs';
import { Judge } from './judge.mjs';
import { writeReport } from './report.mjs';
import { Stage } from './stage.mjs';
import { generateStandard } from './standard.mjs';

const VIEWS = 24;

/** ARToolKit NFT markers beside those of the standard generator, judged by jsartoolkitNFT and by the core of AR.js. */
export function nftFormat({ options, machine }) {
  const judging = { views: options.views ?? VIEWS, negatives: options.negatives };
  const minutes = options.standardMinutes;
  return {
    name: 'nft',
    extensions: ['iset', 'fset', 'fset3'],
    peer: 'standard',
    needsPeer: false,
    folder: 'target/peers/nft',
    given: { ours: options.oursNft, standard: options.standard },
    report: options.reportNft,
    judging,
    versions: { jsartoolkitNft: machine.jsartoolkitNft, arjs: machine.arjs },
    conditions: { generator: machine.nftGenerator, minutes },

    async compile(picture, base, say) {
      say(`standard generator, about a minute for each megapixel, at most ${minutes}`);
      const log = await generateStandard(picture, base, minutes);
      if (log.failure) say(`standard generator: ${log.failure}`);
      return log;
    },

    async judge(_session, { picture, strangers, files, seed, say }) {
      say(`${Object.keys(files).join(' and ')} in both runtimes, seed ${seed}, ${judging.views} views`);
      const pyramid = await loadPyramid(picture);
      const results = await new Judge(files).measure(new Stage(pyramid, strangers, seed), judging);
      return { megapixels: (pyramid.width * pyramid.height) / 1e6, ...results };
    },

    write: (run) => writeReport(options.reportNft, { ...run, judging }),
  };
}
