import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { judge } from '../aba.ts';
import type { Measurement } from '../bench.ts';
import { head, row } from '../report.ts';

const PROCESS = fileURLToPath(new URL('./history-process.ts', import.meta.url));

/** A page of 20 from the decoding of its request to the encoded reply, beside plain code over the same rows in the same process. */
export const history: Measurement = async ({ quick, runs }) => {
  const [conversations, length, pages] = quick ? [10, 100, 2_000] : [100, 400, 20_000];
  const times = await new Promise<readonly number[]>((resolve, reject) => {
    const child = fork(PROCESS, [conversations, length, pages, runs].map(String), {
      execArgv: ['--conditions=@magpie/source', '--import', 'tsx'],
    });
    child.once('message', (message) => resolve(message as readonly number[]));
    child.once('exit', (code) => reject(new Error(`the process of the history pages ended with ${code}`)));
  });
  head(['a page of 20', 'CPU µs']);
  times.forEach((time, i) => row([i % 2 === 0 ? 'plain code' : 'magpie', time]));
  const goal = { name: 'history page, beside plain code', must: 2.5, aim: 1.6 };
  const side = (odd: number) => times.filter((_, i) => i % 2 === odd);
  return [judge(goal, { peer: side(0), ours: side(1) }, 'µs', (time) => time)];
};
