import type { AgedRow, AuditRow, ErasureRow } from './rows-upkeep.ts';
import type { ConversationRow, FileRow, InstanceRow, MessageRow } from './rows.ts';

/** What upkeep looks for: what is old, what a user left, what admins did. */
export interface UpkeepReads {
  /** Conversations of a kind that may hold entries older than a time, those not looked at for longest first. */
  aged(
    app: string,
    kind: ConversationRow['kind'],
    before: number,
    limit: number,
  ): Promise<readonly AgedRow[]>;
  /** When the oldest entry kept was sent; undefined if none is. */
  oldest(conv: number, purgedSeq: number): Promise<number | undefined>;
  /** Entries a user sent in a stretch of a log, both ends inclusive, ascending. */
  sent(conv: number, user: string, lo: number, hi: number, limit: number): Promise<readonly MessageRow[]>;
  /** Rooms of an app, by key, after one: members leave no row there. */
  rooms(app: string, after: string, limit: number): Promise<readonly ConversationRow[]>;
  instances(app: string, user: string): Promise<readonly InstanceRow[]>;
  /** By time and id, after a pair. */
  filesOf(
    app: string,
    owner: string,
    after: { readonly createdAt: number; readonly id: string },
    limit: number,
  ): Promise<readonly FileRow[]>;
  /** Files whose bytes are to go. */
  removedFiles(limit: number): Promise<readonly FileRow[]>;
  erasure(app: string, user: string): Promise<ErasureRow | undefined>;
  /** Newest first, before a pair. */
  audit(
    app: string,
    query: {
      readonly user?: string;
      readonly operation?: string;
      readonly from: number;
      readonly to: number;
      readonly before?: { readonly at: number; readonly id: string };
      readonly limit: number;
    },
  ): Promise<readonly AuditRow[]>;
}
