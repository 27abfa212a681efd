import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openInspector, type CpuProfile } from '@magpie/testkit/inspector';
import { freePort } from '@magpie/testkit/server-process';
import { figure, say } from '../report.ts';
import type { Peer } from './peer.ts';

const SHOWN = 25;
let taken = 0;

/** Records a server's main thread, writes each stretch as a file for Chrome's developer tools, and prints where the time went. */
export async function prepareProfiler(
  folder: string,
): Promise<{ readonly nodeArguments: readonly string[]; readonly profiled: NonNullable<Peer['profiled']> }> {
  const port = await freePort();
  return {
    nodeArguments: [`--inspect=127.0.0.1:${port}`],
    profiled: async (name, run) => {
      const inspector = await openInspector(port);
      await inspector.startProfile();
      const result = await run();
      const profile = await inspector.stopProfile();
      inspector.close();
      await mkdir(folder, { recursive: true });
      const file = resolve(join(folder, `${name}-${process.pid}-${++taken}.cpuprofile`));
      await writeFile(file, JSON.stringify(profile));
      say(`\n${file}, own time of the main thread:`);
      for (const [what, share] of ownTimes(profile).slice(0, SHOWN))
        say(`  ${figure(share * 100).padStart(5)} %  ${what}`);
      say('');
      return result;
    },
  };
}

/** Functions by their own share of the time that was not idle, the largest first. */
export function ownTimes({ nodes, samples, timeDeltas }: CpuProfile): [what: string, share: number][] {
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => {
      const place =
        url === ''
          ? ''
          : ` ${url.slice(url.lastIndexOf('/', url.lastIndexOf('/') - 1) + 1)}:${lineNumber + 1}`;
      return [id, `${functionName || '(anonymous)'}${place}`];
    }),
  );
  const times = new Map<string, number>();
  let all = 0;
  samples.forEach((sample, i) => {
    const name = names.get(sample) ?? '';
    const took = timeDeltas[i] ?? 0;
    if (name === '(idle)') return;
    all += took;
    times.set(name, (times.get(name) ?? 0) + took);
  });
  return [...times].map(([name, took]): [string, number] => [name, took / all]).sort((a, b) => b[1] - a[1]);
}
