import type { Unit, UnitOutcome } from '../write/batch.ts';

/** What passes between the store and its writer thread. */
export interface WriterData {
  readonly path: string;
  readonly now: number;
}

export type ToWriter =
  | { readonly kind: 'write'; readonly id: number; readonly units: readonly Unit[] }
  | { readonly kind: 'ping' }
  | { readonly kind: 'close' };

export type FromWriter =
  | { readonly kind: 'ready'; readonly epoch: string }
  /** The database could not be opened. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'outcomes'; readonly id: number; readonly outcomes: readonly UnitOutcome[] }
  | { readonly kind: 'pong' }
  /** Something that does not keep it from writing. */
  | { readonly kind: 'trouble'; readonly text: string }
  | { readonly kind: 'closed' };
