/** Compares our marker files with those of others; see README.md beside this file. */
import { Comparison } from './comparison.mjs';
import { describeCommit, describeMachine } from './machine.mjs';
import { mindFormat } from './mind-format.mjs';
import { nftFormat } from './nft/nft-format.mjs';
import { commandOf, readOptions } from './options.mjs';
import { listPictures } from './pictures.mjs';

const FORMATS = { mind: mindFormat, nft: nftFormat };

const options = readOptions(process.argv.slice(2), process.env);
const all = listPictures(options.pictures);
const pictures = all.filter(({ name }) => options.only?.includes(name) ?? true);
if (!pictures.length) throw new Error('no picture has that name');
const machine = describeMachine(options.formats);
const commit = describeCommit([options.report, options.reportNft]);
const run = { options, machine, commit, command: commandOf(options), pictures, all, say: timedLog() };
for (const format of options.formats) await new Comparison(FORMATS[format](run), run).make();

/** Says lines with the minutes since it was made. */
function timedLog() {
  const begun = Date.now();
  return (text) => console.log(`${((Date.now() - begun) / 60_000).toFixed(1).padStart(5)} min  ${text}`);
}
