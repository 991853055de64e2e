/** Generates the marker of one picture: `standard-child.mjs PICTURE OUTPUT`. Prints what it took as JSON. */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';
import sharp from 'sharp';
import { readOpaque } from '../scene/pyramid.mjs';

/** What the generator's own program takes for a picture that names no density. */
const USUAL_DPI = 150;
const CHANNELS = 3;
const NAME = 'tempFilename';

const [path, output] = process.argv.slice(2);
const say = console.log;
for (const level of ['log', 'info', 'warn', 'error']) console[level] = () => {};

process.on('uncaughtException', ({ message }) => {
  process.stderr.write(message);
  process.exit(1);
});

const { data, width, height } = await readOpaque(path);
const { density = USUAL_DPI } = await sharp(path).metadata();
const generator = createRequire(import.meta.url)('@webarkit/nft-marker-creator-app/build/NftMarkerCreator_wasm.js');
if (!generator.calledRun) await new Promise((resolve) => (generator.onRuntimeInitialized = resolve));

const begun = performance.now();
const cpu = process.cpuUsage();
generator.createNftDataSet(new Uint8Array(data), density, width, height, CHANNELS, '');
const files = ['iset', 'fset', 'fset3'].map((extension) => [extension, generator.FS.readFile(`${NAME}.${extension}`)]);
const totalMs = performance.now() - begun;
const { user, system } = process.cpuUsage(cpu);
for (const [extension, bytes] of files) writeFileSync(`${output}.${extension}`, bytes);
say(JSON.stringify({ totalMs, cpuSeconds: (user + system) / 1e6, peakKb: process.resourceUsage().maxRSS }));
process.exit(0);
