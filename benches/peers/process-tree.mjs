import { readFileSync, readdirSync } from 'node:fs';

/** What the kernel counts CPU time in. */
const TICKS_PER_SECOND = 100;
const SAMPLE_EVERY_MS = 200;

/** A process with all that descend from it: the CPU time and the memory they take together. */
export class ProcessTree {
  #root;
  #timer;
  peakKb = 0;

  constructor(pid) {
    this.#root = pid;
  }

  /** CPU seconds so far of those that live. */
  cpuSeconds() {
    return this.#pids().reduce((sum, pid) => sum + ticksOf(pid), 0) / TICKS_PER_SECOND;
  }

  /** Resident memory in kilobytes; what several processes share counts once. */
  memoryKb() {
    return this.#pids().reduce((sum, pid) => sum + proportionalKb(pid), 0);
  }

  watchMemory() {
    this.peakKb = this.memoryKb();
    this.#timer = setInterval(() => {
      this.peakKb = Math.max(this.peakKb, this.memoryKb());
    }, SAMPLE_EVERY_MS);
  }

  stopWatching() {
    clearInterval(this.#timer);
  }

  #pids() {
    const children = new Map();
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const parent = fieldsOf(pid)?.[1];
      if (parent) children.set(parent, [...(children.get(parent) ?? []), pid]);
    }
    const tree = [String(this.#root)];
    for (const pid of tree) tree.push(...(children.get(pid) ?? []));
    return tree;
  }
}

function ticksOf(pid) {
  const fields = fieldsOf(pid);
  return fields ? Number(fields[11]) + Number(fields[12]) : 0;
}

function proportionalKb(pid) {
  return Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
}

/** The fields of /proc/PID/stat after the program's name, the only one that may hold spaces. */
function fieldsOf(pid) {
  const stat = read(`/proc/${pid}/stat`);
  return stat ? stat.slice(stat.lastIndexOf(')') + 2).split(' ') : null;
}

/** Empty for a process that has just ended. */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
