import { writeFileSync } from 'node:fs';
import { quotient } from '../sides.mjs';
import { bold, figure, signed, table, times } from '../table.mjs';
import { RUNTIMES } from './runtime-session.mjs';
import { CAMERA } from './stage.mjs';
import { byPicture, meansOf, ratioOf } from './summary.mjs';
import { DISTANCES, LIGHTS, TILTS } from './views.mjs';

const STEEP = TILTS.at(-1).name;
const PAIR = ['standard', 'ours'];

export function writeReport(path, run) {
  const pictures = byPicture(run.rows);
  const both = pictures.filter(({ standard }) => standard.there);
  const compared = both.length ? both : pictures;
  const sections = [
    introduction(run),
    '## In short\n',
    inShort(compared),
    SHORT_NOTE,
    remarks(pictures),
    '## Finding\n',
    finding(pictures, run),
    `## Finding at a tilt of ${STEEP}\n`,
    steep(pictures),
    '## Finding, by tilt, distance and light\n',
    kinds(compared),
    '## What the viewer pays\n',
    viewerCost(pictures),
    '## What generating takes\n',
    generatingCost(pictures),
    method(run),
  ];
  writeFileSync(path, `${sections.filter(Boolean).join('\n').trimEnd()}\n`);
}

function introduction({ rows, machine, commit, command }) {
  const dates = rows.map(({ measuredAt }) => measuredAt.slice(0, 10)).sort();
  const [first, last] = [dates[0], dates.at(-1)];
  return `# ARToolKit NFT: compared with the standard generator

Markers of this engine (*ours*) beside those of the generator that AR.js and jsartoolkitNFT recommend (*standard*), made
from the same pictures and judged by both runtimes. This page is written by the command below; do not edit it. Markers
for MindAR have [a page of their own](benchmarks.md).

- \`${command}\`
- commit ${commit}, measured ${first === last ? first : `from ${first} to ${last}`}
- ${machine.cpu}, ${machine.memoryGb} GB; load ${figure(machine.load, 1)} before the run
- @webarkit/nft-marker-creator-app ${machine.nftGenerator}, @webarkit/jsartoolkit-nft ${machine.jsartoolkitNft},
  @ar-js-org/artoolkit5-js ${machine.arjs}, node ${machine.node}, rustc ${machine.rustc}
`;
}

function inShort(pictures) {
  const difference = (title, read, decimals = 2) => {
    const { standard, ours } = meansOf(pictures, read);
    const gap = standard === null || ours === null ? null : ours - standard;
    return [title, figure(standard, decimals), figure(ours, decimals), signed(gap, decimals)];
  };
  const ratio = (title, read, decimals) => {
    const { standard, ours } = meansOf(pictures, read);
    return [title, figure(standard, decimals), figure(ours, decimals), times(ratioOf(pictures, read))];
  };
  const inEach = (line) => Object.keys(RUNTIMES).map(line);
  return table(
    [`mean of the pictures (${pictures.length})`, ...PAIR, 'ours to standard'],
    [
      ...inEach((runtime) => difference(`success, ${sized(runtime)}`, (side) => side[runtime]?.success)),
      ...inEach((runtime) =>
        difference(`success at ${STEEP}, ${titled(runtime)}`, (side) => side[runtime]?.byTilt[STEEP]),
      ),
      ...inEach((runtime) => difference(`wrong poses, ${titled(runtime)}`, (side) => side[runtime]?.wrongPoses, 1)),
      ...inEach((runtime) =>
        difference(`false detections, ${titled(runtime)}`, (side) => side[runtime]?.falseDetections, 1),
      ),
      ...inEach((runtime) => ratio(`median corner error px, ${titled(runtime)}`, (side) => side[runtime]?.error, 2)),
      ...inEach((runtime) => ratio(`search ms, ${titled(runtime)}`, (side) => side[runtime]?.searchMs, 0)),
      ratio('.fset3, KB', ({ keypointKilobytes }) => keypointKilobytes, 0),
      ratio('all three files, KB', ({ kilobytes }) => kilobytes, 0),
      ratio('generate, s', ({ compileSeconds }) => compileSeconds, 3),
      ratio('generate with our decoding, s', ({ wholeSeconds }) => wholeSeconds, 3),
      ratio('generate, CPU s', ({ cpuSeconds }) => cpuSeconds, 2),
      ratio('generate, peak memory MB', ({ peakMb }) => peakMb, 0),
    ],
  );
}

const SHORT_NOTE = `
Shares and counts are compared by their difference, the other figures by the geometric mean of the pictures' ratios. A
picture counts where both markers have the figure: one that is found in less than a tenth of the views has no error, and
one that the standard generator did not finish has none at all.
`;

/** What the means do not show: pictures without a standard marker, those it is never found on, those ours is worse on. */
function remarks(pictures) {
  const lines = pictures
    .filter(({ standard }) => !standard.there)
    .map(({ name, standard }) => `- **${name}** has no standard marker: ${standard.failure ?? 'none was given'}.`);
  for (const { name, standard, ours } of pictures) {
    for (const runtime of Object.keys(RUNTIMES)) {
      lines.push(...remarksOn(`**${name}**`, titled(runtime), { standard: standard[runtime], ours: ours[runtime] }));
    }
  }
  return lines.length ? `${lines.join('\n')}\n` : null;
}

function remarksOn(name, runtime, sides) {
  const lines = [];
  for (const [side, result] of Object.entries(sides)) {
    if (result?.failure) lines.push(`- The ${side} marker of ${name} ends ${runtime}: ${result.failure}.`);
    else if (result?.success === 0) {
      const how = result.wrongPoses ? 'never found where it is' : 'never found';
      lines.push(`- The ${side} marker of ${name} is ${how} in ${runtime}.`);
    }
  }
  const gap = sides.standard ? sides.ours.success - sides.standard.success : 0;
  if (gap < 0) lines.push(`- On ${name} ours is found less often than the standard one in ${runtime}: ${signed(gap)}.`);
  return lines;
}

function finding(pictures, { judging: { views, negatives }, options: { seeds } }) {
  const columns = Object.keys(RUNTIMES).flatMap((runtime) => [
    [`success, ${titled(runtime)}`, (side) => side[runtime]?.success, 2],
    ['median error px', (side) => side[runtime]?.error, 2],
    ['wrong', (side) => side[runtime]?.wrongPoses, 0],
    ['false', (side) => side[runtime]?.falseDetections, 0],
  ]);
  return `${pairs(pictures, columns)}

${views * seeds.length} views of each picture. *Success* is the share of views at whose end the picture is followed with corners
within 8 px on average, at 640x480; *error* the median of those. A *wrong* pose is further off; a *false* detection is
one on ${negatives * seeds.length} views without the picture.
`;
}

function steep(pictures) {
  const columns = Object.keys(RUNTIMES).map((runtime) => [
    titled(runtime),
    (side) => side[runtime]?.byTilt[STEEP],
    2,
  ]);
  return `${pairs(pictures, columns)}\n`;
}

/** Means of the pictures by what the views are like. */
function kinds(pictures) {
  const respects = [
    ['byTilt', TILTS],
    ['byDistance', DISTANCES],
    ['byLight', LIGHTS],
  ];
  const rows = respects.flatMap(([respect, names]) =>
    names.map(({ name }) => {
      const cells = Object.keys(RUNTIMES).flatMap((runtime) => {
        const { standard, ours } = meansOf(pictures, (side) => side[runtime]?.[respect][name]);
        return [figure(standard), figure(ours)];
      });
      return [name, ...cells];
    }),
  );
  const header = Object.keys(RUNTIMES).flatMap((runtime) => [`${titled(runtime)}, standard`, 'ours']);
  const shares = DISTANCES.map(({ name, share: [low, high] }) => `${name} ${low}-${high}`).join(', ');
  return `${table(['views', ...header], rows)}

Distances are shares of the largest size that fits into the frame: ${shares}.
`;
}

function viewerCost(pictures) {
  const columns = [
    ['.fset3 KB', ({ keypointKilobytes }) => keypointKilobytes, 0, true],
    ['all files KB', ({ kilobytes }) => kilobytes, 0],
    ...Object.keys(RUNTIMES).map((runtime) => [
      `search ms, ${titled(runtime)}`,
      (side) => side[runtime]?.searchMs,
      0,
      true,
    ]),
  ];
  return `${pairs(pictures, columns)}

*Search* is the median time of a frame on which nothing is followed yet, in Node on one core.
`;
}

function generatingCost(pictures) {
  const known = ({ compileSeconds }) => compileSeconds !== null;
  if (!pictures.some(({ standard, ours }) => known(standard) || known(ours))) {
    return 'All markers were generated before, without a log of what it took.\n';
  }
  const columns = [
    ['s', ({ compileSeconds }) => compileSeconds, 3, true],
    ['s with our decoding', ({ wholeSeconds }) => wholeSeconds, 3, true],
    ['CPU s', ({ cpuSeconds }) => cpuSeconds, 2, true],
    ['peak MB', ({ peakMb }) => peakMb, 0, true],
  ];
  const size = { title: 'megapixels', read: ({ megapixels }) => figure(megapixels) };
  return `${pairs(pictures, columns, size)}

*Standard*: from decoded pixels to the files' bytes, one run in a Node process of its own, whose peak memory is taken;
decoding and starting up are not in its time. *Ours*: likewise, and *with our decoding* from the picture's file in memory;
medians of several runs in one process. CPU seconds are those of a run with decoding, memory the peak of the process over
all runs.
`;
}

/**
 * A table with both sides of each column, [title, read, decimals, whether the ratio is wanted], and their means; `extra`
 * is one more column before them.
 */
function pairs(pictures, columns, extra) {
  const header = columns.flatMap(([title, , , ratio]) => [`${title}, standard`, 'ours', ...(ratio ? ['ratio'] : [])]);
  const rows = pictures.map((picture) => [
    picture.name,
    ...(extra ? [extra.read(picture)] : []),
    ...columns.flatMap(([, read, decimals, ratio]) => {
      const [standard, ours] = [read(picture.standard), read(picture.ours)];
      const cells = [figure(standard, decimals), figure(ours, decimals)];
      return ratio ? [...cells, times(quotient(ours, standard))] : cells;
    }),
  ]);
  const means = columns.flatMap(([, read, decimals, ratio]) => {
    const { standard, ours } = meansOf(pictures, read);
    const cells = [figure(standard, decimals || 1), figure(ours, decimals || 1)];
    return ratio ? [...cells, times(ratioOf(pictures, read))] : cells;
  });
  const mean = bold(['mean']).concat(extra ? [''] : [], bold(means));
  return table(['picture', ...(extra ? [extra.title] : []), ...header], [...rows, mean]);
}

const titled = (runtime) => RUNTIMES[runtime].title;
const sized = (runtime) => {
  const { title, reduction } = RUNTIMES[runtime];
  return `${title} at ${CAMERA.width / reduction}x${CAMERA.height / reduction}`;
};

function method({ judging: { views, negatives }, options: { seeds } }) {
  return `## How it is measured

Both published runtimes run in Node, jsartoolkitNFT on frames of 640x480, the core of AR.js on the same frames reduced
to 320x240, as AR.js does. The picture lies under an exactly known pose before clutter: ${views} views, a quarter of them in
each range of tilt, a third at each distance, in good light and in bad light by turns of twelve (bad is blurred, noisy,
too dark or too bright, and uneven), turned every way. Each view is held for four frames that differ by their noise, and
forgotten over grey frames; ${negatives} more views show other pictures or nothing but clutter. The trackers' clock stands still but
for a fixed step, since they draw random numbers from it, and jsartoolkitNFT does not smooth its poses. Seeds: ${seeds.join(', ')};
a seed gives the same frames everywhere. Both markers of a picture see each frame right after each other. The tool is in
[benches/peers](../benches/peers).
`;
}
