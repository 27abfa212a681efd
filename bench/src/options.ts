import { parseArgs } from 'node:util';
import type { Program } from './peers/magpie.ts';

export interface Options {
  /** Short, to see that everything runs; its figures mean little. */
  readonly quick: boolean;
  readonly only: readonly string[];
  /** A-B-A runs, of which the median counts. */
  readonly runs: number;
  readonly program: Program;
  /** Driver processes for loads of a few hundred connections. */
  readonly drivers: number;
  /** Connections of the idle, storm, group and room scenarios. */
  readonly connections: number;
  /** A folder made by bench:fill. */
  readonly store: string | undefined;
  /** Folder for CPU profiles of the server, of each measured stretch. Profiling costs; its figures are not to be recorded. */
  readonly profile: string | undefined;
  readonly warmup: number;
  readonly measured: number;
}

/** An option that can't be used; the message says which and what would do. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
}

export function readOptions(args: readonly string[]): Options {
  const { values } = parse(args);
  const quick = values.quick === true;
  const program = values.server ?? 'source';
  if (program !== 'source' && program !== 'bundle')
    throw new OptionError('--server must be source or bundle.');
  const span = count('seconds', values.seconds, quick ? 2 : 8);
  return {
    quick,
    only: values.only?.split(',') ?? [],
    runs: count('runs', values.runs, quick ? 1 : 3),
    program,
    drivers: count('drivers', values.drivers, 1),
    connections: count('connections', values.connections, quick ? 400 : 10_000),
    store: values.store,
    profile: values.profile,
    warmup: quick ? 0.5 : 2,
    measured: span,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean' },
        only: { type: 'string' },
        runs: { type: 'string' },
        server: { type: 'string' },
        drivers: { type: 'string' },
        connections: { type: 'string' },
        store: { type: 'string' },
        profile: { type: 'string' },
        seconds: { type: 'string' },
      },
    });
  } catch (error) {
    throw new OptionError(error instanceof Error ? error.message : String(error));
  }
}

/** A whole number from 1. */
export function count(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new OptionError(`--${name} must be a whole number from 1.`);
  return value;
}
