import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import type { LoadResult } from './driver/measure.ts';
import { loadAverage } from './measure/proc.ts';

/** What is asked of a ratio: above `must` the goal is missed, up to `aim` it is reached in full. */
export interface Goal {
  readonly name: string;
  readonly must: number;
  readonly aim: number;
}

export interface Outcome extends Goal {
  readonly ratios: readonly number[];
  readonly ratio: number;
  /** What the ratio is made of, in words. */
  readonly ours: string;
  readonly beside: string;
}

export function verdict({ ratio, must, aim }: Pick<Outcome, 'ratio' | 'must' | 'aim'>): string {
  if (ratio <= aim) return 'ok';
  // Also when it is not a number.
  return ratio <= must ? 'MISSED AIM' : 'MISSED MUST';
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function row(cells: readonly (string | number)[]): void {
  say(`| ${cells.map((cell) => (typeof cell === 'number' ? figure(cell) : cell)).join(' | ')} |`);
}

export function head(cells: readonly string[]): void {
  row(cells);
  say(`|${'---|'.repeat(cells.length)}`);
}

/** Three digits that count. */
export function figure(value: number): string {
  if (Number.isNaN(value)) return '–';
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

export function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(0)} MiB`;
}

/** When, what and where: figures mean nothing without. */
export function sayWhere(): void {
  const load = loadAverage();
  const [cpu] = cpus();
  const revision = git('rev-parse', '--short', 'HEAD');
  const changed = git('status', '--porcelain', '--untracked-files=no') === '' ? '' : ' with changes';
  say(`${new Date().toISOString().slice(0, 16)}Z, commit ${revision}${changed}, ${cpus().length} × ${cpu?.model}, Node ${process.version}, load ${load}`); // prettier-ignore
  if (load > 0.5) say('The machine is busy: figures below are not to be trusted.');
}

function git(...args: readonly string[]): string {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'unknown';
  }
}

export function loadHead(): void {
  head(['load', 'server', 'msg/s', 'deliveries/s', 'p50 ms', 'p99 ms', 'CPU µs/msg', 'CPU µs/delivery', 'cores', 'driver']); // prettier-ignore
}

export function loadRow(name: string, r: LoadResult): void {
  row([name, r.server, r.messagesPerSecond, r.deliveriesPerSecond, r.p50, r.p99, r.microsPerMessage, r.microsPerDelivery, r.cores, r.driver]); // prettier-ignore
}

export function outcomeTable(outcomes: readonly Outcome[]): void {
  head(['goal', 'ratio', 'of runs', 'must', 'aim', 'verdict', 'Magpie', 'beside']);
  for (const one of outcomes) {
    row([one.name, `${figure(one.ratio)}×`, one.ratios.map(figure).join(' '), `≤ ${one.must}×`, `≤ ${one.aim}×`, verdict(one), one.ours, one.beside]); // prettier-ignore
  }
}
