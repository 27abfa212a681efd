import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second of /proc/PID/stat; 100 on every Linux that matters. */
const HZ = 100;

type Stat = readonly string[];
const PARENT = 1;
/** User and system time, of the process and of its reaped children. */
const TIMES = [11, 12, 13, 14];

function allStats(): Map<number, Stat> {
  const stats = new Map<number, Stat>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const fields = statOf(Number(name));
    if (fields) stats.set(Number(name), fields);
  }
  return stats;
}

/** Fields after the command's name, which may hold spaces. */
function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** These processes and all below them. */
function trees(roots: readonly number[], stats: ReadonlyMap<number, Stat>): number[] {
  const children = new Map<number, number[]>();
  for (const [pid, fields] of stats) {
    const parent = Number(fields[PARENT]);
    const siblings = children.get(parent);
    if (siblings) siblings.push(pid);
    else children.set(parent, [pid]);
  }
  const found = new Set<number>();
  const queue = [...roots];
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    if (found.has(pid)) continue;
    found.add(pid);
    queue.push(...(children.get(pid) ?? []));
  }
  return [...found];
}

/** CPU time so far, in µs: user and system, all threads, reaped children, over the whole trees. */
export function cpuMicros(roots: readonly number[]): number {
  const stats = allStats();
  let ticks = 0;
  for (const pid of trees(roots, stats)) {
    const fields = stats.get(pid);
    if (fields) for (const index of TIMES) ticks += Number(fields[index]);
  }
  return (ticks / HZ) * 1e6;
}

/** Proportional set size of the trees, in bytes. */
export function pssBytes(roots: readonly number[]): number {
  return sum(roots, 'smaps_rollup', /^Pss:\s+(\d+) kB/m);
}

/** Resident set size of the trees, in bytes; cheap enough to ask for every second. */
export function rssBytes(roots: readonly number[]): number {
  return sum(roots, 'status', /^VmRSS:\s+(\d+) kB/m);
}

function sum(roots: readonly number[], file: string, pattern: RegExp): number {
  let kilobytes = 0;
  for (const pid of trees(roots, allStats())) {
    try {
      kilobytes += Number(pattern.exec(readFileSync(`/proc/${pid}/${file}`, 'utf8'))?.[1] ?? 0);
    } catch {
      // It ended in between.
    }
  }
  return kilobytes * 1024;
}

/** Children of a process whose program has this name. */
export function childrenNamed(parent: number, name: string): number[] {
  return [...allStats()]
    .filter(([pid, fields]) => Number(fields[PARENT]) === parent && commandOf(pid) === name)
    .map(([pid]) => pid);
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

/** How many files a process may have open. Node raises its own bound to the hard limit when it starts. */
export function fileLimit(): number {
  const [, hard = ''] =
    /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard);
}

/** Load of the machine over the last minute. */
export function loadAverage(): number {
  return Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]);
}
