import type { Bench, Measurement } from './bench.ts';
import { bigGroup } from './by-hand/big-group.ts';
import { connections } from './by-hand/connections.ts';
import { nodes } from './by-hand/nodes.ts';
import { overload } from './by-hand/overload.ts';
import { room } from './by-hand/room.ts';
import { stall } from './by-hand/stall.ts';
import { storm } from './by-hand/storm.ts';
import { direct, p99, postgres } from './goals/direct.ts';
import { group } from './goals/group.ts';
import { history } from './goals/history.ts';
import { idle } from './goals/idle.ts';
import { signIn } from './goals/sign-in.ts';
import { store } from './goals/store.ts';
import { OptionError, readOptions } from './options.ts';
import { outcomeTable, say, sayWhere, type Outcome } from './report.ts';

/** `npm run bench`: prints every ratio beside its goals. Fails when something could not be measured, never for a number. */
const GOALS: Readonly<Record<string, Measurement>> = {
  direct,
  p99,
  postgres,
  group,
  idle,
  'sign-in': signIn,
  history,
};

/** Asked for by name: large, and judged by whoever reads them. */
const BY_HAND: Readonly<Record<string, Measurement>> = {
  store,
  connections,
  storm,
  'big-group': bigGroup,
  room,
  overload,
  stall,
  nodes,
};

async function main(): Promise<void> {
  const bench: Bench = { ...readOptions(process.argv.slice(2)), saturation: undefined };
  const all: Readonly<Record<string, Measurement>> = { ...GOALS, ...BY_HAND };
  const unknown = bench.only.filter((name) => !(name in all));
  if (unknown.length > 0)
    throw new OptionError(
      `--only: there is no ${unknown.join(', ')}; one of ${Object.keys(all).join(', ')}.`,
    );
  const wanted =
    bench.only.length > 0 ? bench.only : [...Object.keys(GOALS), ...(bench.store ? ['store'] : [])];
  sayWhere();
  const outcomes: Outcome[] = [];
  for (const name of wanted) {
    say(`\n## ${name}\n`);
    outcomes.push(...((await all[name]?.(bench)) ?? []));
  }
  say('');
  if (outcomes.length > 0) outcomeTable(outcomes);
}

main().catch((error: unknown) => {
  const known = error instanceof OptionError;
  process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
