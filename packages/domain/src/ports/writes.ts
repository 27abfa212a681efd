import type {
  AppRow,
  ConversationRow,
  DoorRow,
  FileRow,
  GroupRow,
  HookRow,
  LaneRow,
  MessageRow,
  OutboxRow,
  ParticipantRow,
  PresenceRow,
  RoomRow,
  RoomUserRow,
  TimerRow,
  UserRow,
  WordRow,
} from './rows.ts';

/**
 * Seq-valued fields may be given symbolically and are resolved inside the transaction: `last` = the conversation's lastSeq
 * at that point of the unit, `next` = lastSeq + 1.
 */
export type SeqValue = number | 'last' | 'next';

export interface ParticipantSet {
  readonly readSeq?: SeqValue;
  readonly reportedSeq?: SeqValue;
  readonly reportedAt?: number;
  readonly pinnedAt?: number | null;
  readonly notifyLevel?: 'all' | 'mentions' | 'none';
  readonly discard?: boolean;
  readonly hiddenSeq?: SeqValue;
  readonly clearedSeq?: SeqValue;
  readonly card?: string | null;
}

export type WriteOp =
  /** `exists` when the key is taken. */
  | {
      readonly op: 'conversation.create';
      readonly conv: number;
      readonly app: string;
      readonly key: string;
      readonly kind: ConversationRow['kind'];
      readonly at: number;
    }
  /**
   * Makes the row if missing (state member, role member, historyFrom 1) and sets the given fields. readSeq, reportedSeq, hiddenSeq and clearedSeq
   * never go back (the greater wins) and never pass lastSeq. Touches `changedAt` of the row. Result: the row after, and whether anything changed.
   */
  | {
      readonly op: 'participant.put';
      readonly conv: number;
      readonly app: string;
      readonly user: string;
      readonly set: ParticipantSet;
      readonly at: number;
    }
  /**
   * Membership of a group. Joining (again) sets joinedAt, inviter, historyFrom, readSeq = historyFrom - 1 if behind, clears historyTo; leaving sets historyTo = lastSeq
   * and role member. Keeps groups.memberCount. With `max`, a join that would pass it: conflict `full`, or with `onFull: 'skip'` a result
   * that says so. `expect`: the state before (`none`: no row or not a member), else conflict `stale`.
   */
  | {
      readonly op: 'member.put';
      readonly conv: number;
      readonly app: string;
      readonly user: string;
      readonly state: 'member' | 'left' | 'dismissed';
      readonly role: ParticipantRow['role'];
      readonly at: number;
      readonly inviter?: string | null;
      readonly historyFrom?: SeqValue;
      readonly max?: number;
      readonly onFull?: 'skip';
      readonly expect?: 'member' | 'none';
    }
  /** Ends membership of everybody at once (state `dismissed`, historyTo = lastSeq); memberCount becomes 0. */
  | { readonly op: 'member.dismissAll'; readonly conv: number; readonly at: number }
  /**
   * Appends one entry: seq = lastSeq + 1, time = max(at, lastTime). If (conv, sender, clientId) exists nothing is appended
   * and the first result is returned with `duplicate: true`, and `sameContent` tells whether the fingerprints agree.
   * Keeps lastSeq, lastTime, changedAt, activeAt and the heads of the conversation.
   */
  | {
      readonly op: 'append';
      readonly app: string;
      readonly conv: number;
      readonly sender: string;
      readonly clientId: string;
      readonly fp: number;
      readonly type: MessageRow['type'];
      readonly cls: MessageRow['cls'];
      readonly counts: boolean;
      readonly notLast: boolean;
      readonly receipt: boolean;
      readonly audience: readonly string[] | null;
      readonly body: string;
      readonly at: number;
      /** As `outbox.add`, of `message.created` with the entry as stored; nothing for a duplicate. */
      readonly hooks?: readonly string[];
    }
  /** Replaces what an entry holds; `missing` if there is no such entry, `stale` if it is revoked already. Revoking recomputes headLive. */
  | {
      readonly op: 'message.replace';
      readonly conv: number;
      readonly seq: number;
      readonly type: MessageRow['type'];
      readonly body: string;
      readonly revoked: boolean;
    }
  /**
   * Next entry of the conversation's changes stream. With `tip`, the entry appended just before in this unit is put into the payload as `"tip":{…}`
   * (its wire JSON, see `messageJson`). Result: changeSeq and the payload as stored.
   */
  | {
      readonly op: 'change';
      readonly app: string;
      readonly conv: number;
      readonly event: string;
      readonly payload: string;
      readonly at: number;
      readonly tip?: true;
      /** As `outbox.add`, with the payload as stored. */
      readonly hooks?: readonly string[];
    }
  /** Next entry of a user's log; `missing` if there is no such user. */
  | {
      readonly op: 'log';
      readonly app: string;
      readonly user: string;
      readonly event: string;
      readonly convKey: string | null;
      readonly payload: string;
      readonly at: number;
      /** As `outbox.add`, in the user's lane. */
      readonly hooks?: readonly string[];
    }
  /** Deletes entries for one user. Touches changedAt of the participant row. */
  | {
      readonly op: 'deleted.add';
      readonly conv: number;
      readonly user: string;
      readonly seqs: readonly number[];
      readonly at: number;
    }
  /** Adds receipt rows; result: the seqs that were new. */
  | {
      readonly op: 'receipt.add';
      readonly conv: number;
      readonly user: string;
      readonly seqs: readonly number[];
      readonly content: string | null;
      readonly at: number;
    }
  /** `exists` when the id is or was in use in the app. */
  | { readonly op: 'group.create'; readonly row: Omit<GroupRow, 'memberCount' | 'dismissedAt'> }
  /** `missing` if there is no such group or it was dismissed. Result: the row after. */
  | {
      readonly op: 'group.set';
      readonly conv: number;
      readonly set: Partial<
        Pick<
          GroupRow,
          | 'name'
          | 'avatar'
          | 'intro'
          | 'announcement'
          | 'ext'
          | 'owner'
          | 'join'
          | 'maxMembers'
          | 'dismissedAt'
        >
      >;
    }
  /** Sets the role of a present member; `missing` otherwise. */
  | {
      readonly op: 'member.role';
      readonly conv: number;
      readonly user: string;
      readonly role: ParticipantRow['role'];
      readonly at: number;
    }
  /** `exists` when the id is or was in use; `taken` when `unique` and the fold belongs to another id. */
  | {
      readonly op: 'user.create';
      readonly app: string;
      readonly id: string;
      readonly fold: string;
      readonly unique: boolean;
      readonly profile: UserRow['profile'];
      readonly passwordHash: string | null;
      readonly at: number;
    }
  /** `missing` if there is no such user. `userSeq` can't be set. Result: the row after. */
  | {
      readonly op: 'user.set';
      readonly app: string;
      readonly id: string;
      readonly set: Partial<
        Pick<UserRow, 'profile' | 'updatedAt' | 'deletedAt' | 'bannedUntil' | 'validFrom' | 'passwordHash'>
      >;
    }
  | {
      readonly op: 'block.put';
      readonly app: string;
      readonly user: string;
      readonly targets: readonly string[];
      readonly at: number;
      readonly max: number;
    }
  | {
      readonly op: 'block.remove';
      readonly app: string;
      readonly user: string;
      readonly targets: readonly string[];
    }
  /** Position never goes back. */
  | {
      readonly op: 'instance.put';
      readonly app: string;
      readonly user: string;
      readonly instance: string;
      readonly platform: string;
      readonly userSeq: number;
      readonly at: number;
      readonly seenAt: number;
    }
  | { readonly op: 'file.create'; readonly row: FileRow }
  /** `missing` if there is no such file. */
  | {
      readonly op: 'file.set';
      readonly app: string;
      readonly id: string;
      readonly set: Partial<Pick<FileRow, 'name' | 'size' | 'mime' | 'state' | 'finishedAt' | 'meta'>>;
    }
  /** Marks files as used (first use wins); unknown ids are ignored. */
  | { readonly op: 'file.use'; readonly app: string; readonly ids: readonly string[]; readonly at: number }
  | { readonly op: 'file.remove'; readonly app: string; readonly ids: readonly string[] }
  /** `exists` when the id is taken. */
  | { readonly op: 'app.create'; readonly row: AppRow }
  | { readonly op: 'app.set'; readonly id: string; readonly set: Partial<Pick<AppRow, 'name' | 'settings'>> }
  /** Removes the app and everything of it. */
  | { readonly op: 'app.delete'; readonly id: string }
  /** `exists` when the vendor id belongs to another app; the same app's door is replaced. */
  | { readonly op: 'door.put'; readonly row: DoorRow }
  | {
      readonly op: 'door.remove';
      readonly app: string;
      readonly kind: DoorRow['kind'];
      readonly vendorId: string;
    }
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
  | { readonly op: 'word.remove'; readonly app: string; readonly words: readonly string[] }
  /** Housekeeping: drops changes and log entries older than these times, and subscriptions, mutes and bans over at `now`, in a bounded batch. */
  | {
      readonly op: 'prune';
      readonly changesBefore: number;
      readonly logBefore: number;
      readonly now: number;
      readonly max: number;
    };

export interface AppendResult {
  readonly seq: number;
  readonly time: number;
  readonly duplicate: boolean;
  readonly sameContent: boolean;
}

export interface WriteResults {
  'participant.put': { readonly row: ParticipantRow; readonly changed: boolean };
  'member.put': { readonly done: boolean; readonly memberCount: number };
  append: AppendResult;
  change: { readonly changeSeq: number; readonly payload: string };
  log: { readonly userSeq: number };
  'receipt.add': { readonly added: readonly number[] };
  'group.set': { readonly row: GroupRow };
  'user.set': { readonly row: UserRow };
  'block.put': { readonly added: readonly string[] };
  'block.remove': { readonly removed: readonly string[] };
  'timer.claim': { readonly timers: readonly TimerRow[] };
  'subscription.put': { readonly evicted: readonly string[] };
  'room.set': { readonly row: RoomRow };
  'outbox.claim': {
    readonly lanes: readonly { readonly lane: LaneRow; readonly events: readonly OutboxRow[] }[];
  };
  'outbox.unpark': { readonly count: number };
  'word.put': { readonly total: number };
}

export type ResultOf<O extends WriteOp> = O['op'] extends keyof WriteResults
  ? WriteResults[O['op']]
  : undefined;
