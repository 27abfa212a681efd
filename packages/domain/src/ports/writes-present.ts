import type {
  HookRow,
  LaneRow,
  OutboxRow,
  PresenceRow,
  RoomRow,
  RoomUserRow,
  TimerRow,
  WordRow,
} from './rows.ts';

/** Writes of what is present rather than said: timers, presence, rooms, webhooks and their outbox, words. */
export type PresentOp =
  /** Makes or moves a timer; one under way elsewhere is taken from its node (whose `timer.done` is then `stale`). */
  | ({ readonly op: 'timer.put' } & Pick<TimerRow, 'id' | 'app' | 'kind' | 'dueAt' | 'payload'>)
  | { readonly op: 'timer.remove'; readonly id: string }
  /**
   * Takes timers of these kinds (a newer node's are left to it) that are due and that nobody holds at `now`, earliest first, and holds
   * them until `leaseUntil`; counts the attempt. Result: the rows as they were, `attempts` without this one.
   */
  | {
      readonly op: 'timer.claim';
      readonly owner: string;
      readonly kinds: readonly string[];
      readonly now: number;
      readonly leaseUntil: number;
      readonly limit: number;
    }
  /** Removes a timer that `owner` holds; `stale` if it does not (any more). Stands in the unit of what the timer did. */
  | { readonly op: 'timer.done'; readonly id: string; readonly owner: string }
  /** Lets go of a held timer, to be claimed again at `dueAt`; `stale` as above. */
  | { readonly op: 'timer.later'; readonly id: string; readonly owner: string; readonly dueAt: number }
  /** Makes the row if missing (loggedOut at 0) and sets the given fields. */
  | {
      readonly op: 'presence.put';
      readonly app: string;
      readonly user: string;
      readonly set: Partial<Omit<PresenceRow, 'app' | 'user'>>;
    }
  /** Adds or renews subscriptions; beyond `max` the oldest go. Result: who went. */
  | {
      readonly op: 'subscription.put';
      readonly app: string;
      readonly watcher: string;
      readonly targets: readonly string[];
      readonly expiresAt: number | null;
      readonly untilLogout: boolean;
      readonly at: number;
      readonly max: number;
    }
  /** Without targets: all; `untilLogout`: only those that end so. */
  | {
      readonly op: 'subscription.remove';
      readonly app: string;
      readonly watcher: string;
      readonly targets?: readonly string[];
      readonly untilLogout?: true;
    }
  /** `exists` when the id is or was in use in the app. */
  | { readonly op: 'room.create'; readonly row: Omit<RoomRow, 'dismissedAt'> }
  /**
   * `missing` if there is no such room or it was dismissed. With `revive` it must have been dismissed, else `stale`; `dismissedAt: null`
   * then opens it anew. Result: the row after.
   */
  | {
      readonly op: 'room.set';
      readonly conv: number;
      readonly revive?: true;
      readonly set: Partial<
        Pick<
          RoomRow,
          | 'name'
          | 'avatar'
          | 'intro'
          | 'announcement'
          | 'ext'
          | 'owner'
          | 'mutedAll'
          | 'endDelay'
          | 'createdAt'
          | 'dismissedAt'
        >
      >;
    }
  /** Makes the rows if missing and sets the given fields. With `maxAdmins`, `full` when there would be more. */
  | {
      readonly op: 'room.users.put';
      readonly conv: number;
      readonly app: string;
      readonly users: readonly string[];
      readonly set: Partial<Pick<RoomUserRow, 'role' | 'mutedUntil' | 'bannedUntil'>>;
      readonly at: number;
      readonly maxAdmins?: number;
    }
  /** Makes or replaces a hook. With `max`, `full` when the app would have more. */
  | { readonly op: 'hook.put'; readonly row: HookRow; readonly max?: number }
  /** With its lanes and everything in its outbox. */
  | { readonly op: 'hook.remove'; readonly app: string; readonly id: string }
  /**
   * Puts an event into the outbox of each hook, in the unit of the fact it tells of. `event`: JSON text of the envelope
   * `{e, c?, n?, u?, d}`.
   */
  | {
      readonly op: 'outbox.add';
      readonly app: string;
      readonly hooks: readonly string[];
      readonly lane: string;
      readonly event: string;
      readonly at: number;
    }
  /**
   * Takes lanes of these hooks (or of any but `paused`) that are due and that nobody holds at `now`, earliest first, each with its first
   * `perLane` waiting events, and holds them until `leaseUntil`.
   */
  | {
      readonly op: 'outbox.claim';
      readonly owner: string;
      readonly now: number;
      readonly leaseUntil: number;
      readonly lanes: number;
      readonly perLane: number;
      /** `app hook` pairs not to be taken. */
      readonly paused: readonly string[];
    }
  /**
   * Ends the hold of a lane: delivered events go, the given one is parked, and the lane is due again at `retry` (its first event
   * failed), at once if more waits, or goes. `stale` if `owner` does not hold it any more; nothing is done then.
   */
  | {
      readonly op: 'outbox.settle';
      readonly app: string;
      readonly hook: string;
      readonly lane: string;
      readonly owner: string;
      readonly at: number;
      readonly delivered: readonly number[];
      readonly park?: { readonly id: number; readonly error: string };
      readonly retry?: { readonly dueAt: number; readonly attempts: number; readonly failingSince: number; readonly error: string }; // prettier-ignore
    }
  /** Parked events back into their lanes as new ones, or (`forget`) away; without ids the oldest `max`. */
  | {
      readonly op: 'outbox.unpark';
      readonly app: string;
      readonly hook: string;
      readonly ids?: readonly number[];
      readonly forget: boolean;
      readonly at: number;
      readonly max: number;
    }
  /** `full` when the app would have more than `max`. Result: how many it has. */
  | {
      readonly op: 'word.put';
      readonly app: string;
      readonly words: readonly Omit<WordRow, 'app'>[];
      readonly max: number;
    }
  | { readonly op: 'word.remove'; readonly app: string; readonly words: readonly string[] };

export interface PresentResults {
  'timer.claim': { readonly timers: readonly TimerRow[] };
  'subscription.put': { readonly evicted: readonly string[] };
  'room.set': { readonly row: RoomRow };
  'outbox.claim': {
    readonly lanes: readonly { readonly lane: LaneRow; readonly events: readonly OutboxRow[] }[];
  };
  'outbox.unpark': { readonly count: number };
  'word.put': { readonly total: number };
}
