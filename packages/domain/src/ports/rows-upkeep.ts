import type { ConversationRow } from './rows.ts';

/** What retention looks at. */
export type AgedRow = Pick<
  ConversationRow,
  'num' | 'app' | 'key' | 'kind' | 'lastSeq' | 'lastTime' | 'purgedSeq'
>;

/** One admin act. */
export interface AuditRow {
  /** Empty for what belongs to no app. */
  readonly app: string;
  readonly at: number;
  readonly id: string;
  readonly by: string;
  readonly address: string | null;
  readonly operation: string;
  readonly user: string | null;
  readonly target: string | null;
  /** null: its end is not known. */
  readonly outcome: string | null;
  /** JSON text. */
  readonly input: string;
}

/** A user that is being, or was, erased. */
export interface ErasureRow {
  readonly app: string;
  readonly user: string;
  readonly messages: 'redact' | 'remove' | 'keep';
  readonly startedAt: number;
  readonly doneAt: number | null;
  /** Entries redacted or removed so far. */
  readonly entries: number;
}
