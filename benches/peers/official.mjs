import { writeFile } from 'node:fs/promises';
import { PageSession } from './browser/page-session.mjs';
import { ProcessTree } from './process-tree.mjs';
import { readPicture } from './scene/pyramid.mjs';

/**
 * Compiles a picture with the official compiler in a browser of its own. The first run also builds the shaders; memory
 * is that of the first run, CPU seconds and time are those of the fastest.
 */
export async function compileOfficially(picture, output, runs, onRun) {
  const { data, width, height } = await readPicture(picture.path);
  const session = await PageSession.open('compiler.js');
  try {
    const renderer = await session.call('renderer');
    const source = session.give('/picture', data);
    const tree = new ProcessTree(session.pid);
    const idleKb = tree.memoryKb();
    const measured = [];
    tree.watchMemory();
    for (let run = 0; run < runs; run += 1) {
      onRun(run);
      const cpu = tree.cpuSeconds();
      const times = await session.call('compile', { source, width, height }, '/marker');
      measured.push({ ...times, cpuSeconds: tree.cpuSeconds() - cpu });
      tree.stopWatching();
    }
    const file = session.take('/marker');
    await writeFile(output, file);
    const fastest = measured.reduce((best, run) => (run.totalMs < best.totalMs ? run : best));
    return {
      ...fastest,
      firstMs: measured[0].totalMs,
      peakKb: tree.peakKb,
      idleKb,
      bytes: file.length,
      runs,
      renderer,
    };
  } finally {
    await session.close();
  }
}
