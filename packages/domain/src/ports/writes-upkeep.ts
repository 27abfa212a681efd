import type { AuditRow, ErasureRow } from './rows-upkeep.ts';
import type { MessageRow } from './rows.ts';

/** Writes over what was kept too long, of users and apps that go, and of the audit log. Each is bounded: who calls goes on until there is no more. */
export type UpkeepOp =
  /** Removes up to `max` receipts and private deletions of entries up to a seq, ahead of the entries. Result: whether there may be more. */
  | { readonly op: 'purge.trim'; readonly conv: number; readonly upTo: number; readonly max: number }
  /**
   * Removes the entries up to a seq, with all that hangs on them; `purgedSeq` follows, heads that were among them are none. Files that no
   * entry holds any more become `removed`. No seq moves.
   */
  | { readonly op: 'purge.entries'; readonly app: string; readonly conv: number; readonly upTo: number }
  /** Nothing kept in these conversations is older. */
  | { readonly op: 'purge.looked'; readonly places: readonly { readonly conv: number; readonly oldestAt: number }[] } // prettier-ignore
  /**
   * Replaces entries, revoked ones too, and marks them revoked; with `hide` nobody is shown them. Their files go as with a purge.
   * `missing` if one of them is not there.
   */
  | {
      readonly op: 'message.erase';
      readonly app: string;
      readonly conv: number;
      readonly entries: readonly Pick<MessageRow, 'seq' | 'type' | 'body'>[];
      readonly hide: boolean;
    }
  /** Marks files that nothing uses as `removed`: from then on nothing can. */
  | { readonly op: 'file.doom'; readonly app: string; readonly ids: readonly string[] }
  /** Up to `max` files of a user lose their owner; those that no entry holds become `removed`. Result: whether there may be more. */
  | { readonly op: 'file.disown'; readonly app: string; readonly owner: string; readonly max: number }
  /** Removes up to `max` rows that are a user's own: log, instances, presence, subscriptions, blocks, views of conversations. Result as above. */
  | { readonly op: 'user.wipe'; readonly app: string; readonly user: string; readonly max: number }
  /** Makes the row or sets what is given. */
  | {
      readonly op: 'erasure.put';
      readonly app: string;
      readonly user: string;
      readonly set: Partial<Omit<ErasureRow, 'app' | 'user'>> & { readonly startedAt: number };
    }
  /** The app is gone for everybody, its doors, hooks and timers are free; its rows go by `app.purge`. `missing` if there is none. */
  | { readonly op: 'app.delete'; readonly id: string; readonly at: number }
  /** Removes up to about `max` rows of an app that was deleted; with `last`, and when there are no others, its own. Result: whether there are more. */
  | { readonly op: 'app.purge'; readonly id: string; readonly max: number; readonly last: boolean }
  | { readonly op: 'audit.add'; readonly row: AuditRow }
  /** Says how an act ended; one whose end is known is left as it is. */
  | { readonly op: 'audit.end'; readonly app: string; readonly at: number; readonly id: string; readonly outcome: string } // prettier-ignore
  /** Removes up to `max` acts older than a time. Result: whether there may be more. */
  | { readonly op: 'audit.prune'; readonly app: string; readonly before: number; readonly max: number };

export interface UpkeepResults {
  'purge.trim': { readonly more: boolean };
  'file.disown': { readonly more: boolean };
  'user.wipe': { readonly more: boolean };
  'app.purge': { readonly more: boolean };
  'audit.prune': { readonly more: boolean };
}
