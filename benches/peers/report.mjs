import { writeFileSync } from 'node:fs';
import { TILT_NAMES } from './judge.mjs';
import { mean } from './statistics.mjs';
import { quotient } from './sides.mjs';
import { byPicture, meansOf, ratioOf } from './summary.mjs';
import { bold, figure, signed, table, times } from './table.mjs';

const NONE = '';

export function writeReport(path, run) {
  const pictures = byPicture(run.rows);
  const sections = [
    introduction(run),
    '## In short\n',
    inShort(pictures),
    SHORT_NOTE,
    '## Finding\n',
    finding(pictures, run),
    '## Finding, by tilt\n',
    tilts(pictures),
    '## Following\n',
    following(pictures),
    '## What the viewer pays\n',
    viewerCost(pictures),
    '## What compiling takes\n',
    compileCost(pictures),
    method(run),
  ];
  writeFileSync(path, `${sections.filter(Boolean).join('\n').trimEnd()}\n`);
}

function introduction({ rows, machine, commit, command }) {
  const dates = rows.map(({ measuredAt }) => measuredAt.slice(0, 10)).sort();
  const [first, last] = [dates[0], dates.at(-1)];
  return `# Compared with the official compiler

Marker files of this engine (*ours*) beside those of MindAR's own compiler (*official*), compiled from the same pictures
and judged by MindAR's published runtime in a browser. This page is written by the command below; do not edit it.
Markers for AR.js have [a page of their own](benchmarks-nft.md).

- \`${command}\`
- commit ${commit}, measured ${first === last ? first : `from ${first} to ${last}`}
- ${machine.cpu}, ${machine.memoryGb} GB, no GPU; load ${figure(machine.load, 1)} before the run
- mind-ar ${machine.mindAr}, Chromium ${machine.chromium}, node ${machine.node}, rustc ${machine.rustc}
`;
}

function inShort(pictures) {
  const difference = (title, read, decimals = 2) => {
    const { official, ours } = meansOf(pictures, read);
    const gap = official === null || ours === null ? null : ours - official;
    return [title, figure(official, decimals), figure(ours, decimals), signed(gap, decimals)];
  };
  const ratio = (title, read, decimals) => {
    const { official, ours } = meansOf(pictures, read);
    return [title, figure(official, decimals), figure(ours, decimals), times(ratioOf(pictures, read))];
  };
  return table(
    [`mean of the pictures (${pictures.length})`, 'official', 'ours', 'ours to official'],
    [
      difference('recall, nine crops', ({ recall9 }) => recall9),
      difference('recall, first crop', ({ recall1 }) => recall1),
      ...TILT_NAMES.map((name, i) => difference(`recall at a tilt of ${name}`, (side) => side.tilts[i])),
      difference('lock', ({ lock }) => lock),
      difference('wrong poses', ({ wrongPoses }) => wrongPoses, 1),
      difference('survival', ({ survival }) => survival),
      difference('finds where the picture is not', ({ falseFinds }) => falseFinds, 1),
      ratio('corner error when found, px', ({ detectError }) => detectError, 2),
      ratio('corner error when locked, px', ({ lockedError }) => lockedError, 2),
      ratio('corner error when followed, px', ({ trackError }) => trackError, 2),
      ratio('matching one crop, ms', ({ matchMs }) => matchMs, 1),
      ratio('file, KB', ({ kilobytes }) => kilobytes, 0),
      ratio('compile, s', ({ compileSeconds }) => compileSeconds, 3),
      ratio('compile with our decoding, s', ({ wholeSeconds }) => wholeSeconds, 3),
      ratio('compile, CPU s', ({ cpuSeconds }) => cpuSeconds, 2),
      ratio('compile, peak memory MB', ({ peakMb }) => peakMb, 0),
    ],
  );
}

const SHORT_NOTE = `
Shares and counts are compared by their difference, the other figures by the geometric mean of the pictures' ratios. A
picture counts where both files have the figure: one that is never followed has no error.
`;

function finding(pictures, { judging: { views }, options: { seeds } }) {
  const row = (name, official, ours) => [
    name,
    figure(official.recall9),
    figure(ours.recall9),
    figure(official.recall1),
    figure(ours.recall1),
    figure(official.lock),
    figure(ours.lock),
  ];
  const rows = pictures.map(({ name, official, ours }) => [
    ...row(name, official, ours),
    String(official.wrongPoses),
    String(ours.wrongPoses),
    String(official.falseFinds),
    String(ours.falseFinds),
  ]);
  const header = ['recall 9, official', 'ours', 'recall 1, official', 'ours', 'lock, official', 'ours'];
  const counts = ['wrong poses, official', 'ours', 'false finds, official', 'ours'];
  return `${table(['picture', ...header, ...counts], [...rows, meanRow(pictures, FINDING)])}

${views * seeds.length} views of each picture. *Recall* is the share in which it is found, in up to nine crops or in the
first alone, with corners within 10 % of its size; *lock* the share in which the tracker's updates keep it there. A
*wrong pose* is a find that is further off; a *false find* one where the picture is not to be seen.
`;
}

const FINDING = [
  [({ recall9 }) => recall9, 2],
  [({ recall1 }) => recall1, 2],
  [({ lock }) => lock, 2],
  [({ wrongPoses }) => wrongPoses, 1],
  [({ falseFinds }) => falseFinds, 1],
];

/** The last row of a table whose columns are pairs of the two sides. */
function meanRow(pictures, columns) {
  const cells = columns.flatMap(([read, decimals]) => {
    const { official, ours } = meansOf(pictures, read);
    return [figure(official, decimals), figure(ours, decimals)];
  });
  return bold(['mean', ...cells]);
}

function tilts(pictures) {
  const pairs = ({ official, ours }) => official.tilts.flatMap((recall, i) => [figure(recall), figure(ours.tilts[i])]);
  const columns = TILT_NAMES.map((_, i) => [({ tilts: recalls }) => recalls[i], 2]);
  return `${table(
    ['picture', ...TILT_NAMES.flatMap((name) => [`${name}, official`, 'ours'])],
    [...pictures.map((picture) => [picture.name, ...pairs(picture)]), meanRow(pictures, columns)],
  )}

Recall in nine crops. A quarter of the views lies in each range.
`;
}

function following(pictures) {
  const rows = pictures.map(({ name, official, ours }) => [
    name,
    ...FOLLOWING.flatMap(([read, decimals]) => [figure(read(official), decimals), figure(read(ours), decimals)]),
    official.alive,
    ours.alive,
  ]);
  const header = ['survival, official', 'ours', 'error px, official', 'ours', 'error at the find px, official', 'ours'];
  const frames = ['frames, official', 'ours'];
  return `${table(['picture', ...header, ...frames], [...rows, [...meanRow(pictures, FOLLOWING), NONE, NONE]])}

*Survival* is the share of a sequence's frames until the picture is lost or its corners are off by more than 15 % of its
size; *frames* are those of the slow, the fast and the shaken sequences. Errors are medians of the tracked corners.
`;
}

const FOLLOWING = [
  [({ survival }) => survival, 2],
  [({ trackError }) => trackError, 2],
  [({ detectError }) => detectError, 2],
];

function viewerCost(pictures) {
  return `${costTable(pictures, [
    ['matching ms', ({ matchMs }) => matchMs, 1],
    ['file KB', ({ kilobytes }) => kilobytes, 0],
  ])}

*Matching* is the median time of comparing one crop with the whole file, in the runtime's worker: plain JavaScript, which
a phone runs as well. What the runtime computes on the GPU is left out, there being none here.
`;
}

function compileCost(pictures) {
  const known = ({ compileSeconds }) => compileSeconds !== null;
  const sides = ['official', 'ours'].filter((side) => pictures.some((picture) => known(picture[side])));
  if (!sides.length) return 'All files were compiled before, without a log of what it took.\n';
  const costs = costTable(pictures, [
    ['s', ({ compileSeconds }) => compileSeconds, 3],
    ['s with our decoding', ({ wholeSeconds }) => wholeSeconds, 3],
    ['CPU s', ({ cpuSeconds }) => cpuSeconds, 2],
    ['peak MB', ({ peakMb }) => peakMb, 0],
  ]);
  const notes = { official: officialNote(pictures), ours: OUR_NOTE };
  return `${costs}\n\n${sides.map((side) => notes[side]).join('\n')}\n`;
}

const OUR_NOTE = `\
*Ours*: from decoded pixels to the marker's bytes, and *with our decoding* from the picture's file in memory; medians of
several runs in one process. CPU seconds are those of a run with decoding, memory the peak of the process over all runs.`;

function officialNote(pictures) {
  const idle = mean(pictures.map(({ official }) => official.idleMb));
  const first = mean(pictures.map(({ official }) => official.firstSeconds));
  return `\
*Official*: from decoded pixels to the marker's bytes, the fastest of the runs; the first, which builds the shaders as
well, takes ${figure(first)} s on average. CPU seconds and memory are those of the browser with all its processes, memory
that they share counted once; ${figure(idle, 0)} MB of it are taken before the browser has anything to do. It computes with WebGL
in software: a GPU would make it faster.`;
}

function costTable(pictures, columns) {
  const header = columns.flatMap(([title]) => [`${title}, official`, 'ours', 'ratio']);
  const rows = pictures.map(({ name, official, ours }) => [
    name,
    ...columns.flatMap(([, read, decimals]) => [
      figure(read(official), decimals),
      figure(read(ours), decimals),
      times(quotient(read(ours), read(official))),
    ]),
  ]);
  const means = columns.flatMap(([, read, decimals]) => {
    const { official, ours } = meansOf(pictures, read);
    return [figure(official, decimals), figure(ours, decimals), times(ratioOf(pictures, read))];
  });
  return table(['picture', ...header], [...rows, bold(['mean', ...means])]);
}

function method({ judging, options: { seeds } }) {
  const { views, sequences, frames, negatives, refine } = judging;
  return `## How it is measured

Each file is loaded by the runtime that MindAR publishes, in headless Chromium with WebGL in software, and shown frames of
640x480 in which the picture lies under an exactly known pose: ${views} still views (from a quarter of the frame's width
to all of it, tilted up to 60 degrees, rolled, blurred, with noise and changing light, clutter behind), then ${sequences}
sequences of ${frames} frames (slow, fast and shaken in turn) and ${negatives} frames without the picture. A find is
refined by ${refine} updates of the tracker. Seeds: ${seeds.join(', ')}; a seed gives the same frames everywhere. Both
files of a picture are judged right after each other on the same frames, so that their times can be compared; which one
goes first changes from picture to picture. The tool is in [benches/peers](../benches/peers).
`;
}
