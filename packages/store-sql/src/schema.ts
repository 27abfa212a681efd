import type { HookTable, LaneTable, OutboxTable, PresenceTable, RoomTable, RoomUserTable, SubscriptionTable, TimerTable, WordTable } from './schema-slices.ts'; // prettier-ignore
import type { AuditTable, ErasureTable, FileRefTable } from './schema-upkeep.ts';

/**
 * The tables as both databases see them. Flags are small integers, times and seqs integers within 2^53, JSON is text: what
 * SQLite and PostgreSQL agree on, so that one set of queries serves both.
 */
export interface Schema {
  readonly meta: MetaTable;
  readonly apps: AppTable;
  readonly doors: DoorTable;
  readonly users: UserTable;
  readonly conversations: ConversationTable;
  readonly participants: ParticipantTable;
  readonly messages: MessageTable;
  readonly changes: ChangeTable;
  readonly user_log: UserLogTable;
  readonly instances: InstanceTable;
  readonly groups: GroupTable;
  readonly receipts: ReceiptTable;
  readonly deleted: DeletedTable;
  readonly blocks: BlockTable;
  readonly files: FileTable;
  readonly timers: TimerTable;
  readonly presences: PresenceTable;
  readonly subscriptions: SubscriptionTable;
  readonly rooms: RoomTable;
  readonly room_users: RoomUserTable;
  readonly hooks: HookTable;
  readonly outbox: OutboxTable;
  readonly outbox_lanes: LaneTable;
  readonly words: WordTable;
  readonly file_refs: FileRefTable;
  readonly audit: AuditTable;
  readonly erasures: ErasureTable;
}

export interface MetaTable {
  name: string;
  value: string;
}

export interface AppTable {
  id: string;
  name: string;
  settings: string;
  created_at: number;
  /** It is being deleted; nobody is told of it any more. */
  deleted_at: number | null;
}

export interface DoorTable {
  kind: string;
  vendor_id: string;
  app: string;
  client_id: string | null;
  sealed_secret: string;
  sealed_old_secret: string | null;
  old_until: number | null;
}

export interface UserTable {
  app: string;
  id: string;
  fold: string;
  profile: string;
  updated_at: number;
  created_at: number;
  deleted_at: number | null;
  banned_until: number | null;
  valid_from: number;
  password_hash: string | null;
  user_seq: number;
}

export interface ConversationTable {
  num: number;
  app: string;
  key: string;
  kind: string;
  last_seq: number;
  change_seq: number;
  changes_pruned: number;
  last_time: number;
  active_at: number;
  changed_at: number;
  head_entry: number;
  head_content: number;
  head_live: number;
  /** Newest drawable entry that everybody is shown; lets `ofUser` decide most rows without looking at messages. */
  head_public: number;
  /** Present members; kept here and not in `groups`, because every membership write holds this row already. */
  member_count: number;
  /** Entries up to here are kept no longer. */
  purged_seq: number;
  /** No entry kept is older; 0 = not looked at yet. */
  oldest_at: number;
}

export interface ParticipantTable {
  conv: number;
  user_id: string;
  app: string;
  state: number;
  role: number;
  joined_at: number;
  inviter: string | null;
  card: string | null;
  history_from: number;
  history_to: number | null;
  read_seq: number;
  reported_seq: number;
  reported_at: number;
  pinned_at: number | null;
  notify_level: number;
  discard: number;
  hidden_seq: number;
  cleared_seq: number;
  changed_at: number;
}

export interface MessageTable {
  conv: number;
  seq: number;
  sender: string;
  time: number;
  client_id: string;
  type: string;
  body: string;
  /** 0 content, 1 record, 2 hidden. */
  cls: number;
  /** 1 while the entry counts as unread for others: `counts` and not revoked. In the index that unread is read from. */
  counted: number;
  /** Bits of `MESSAGE_FLAG`. */
  flags: number;
  /** Space-delimited ids with a space on both ends, `null` for everybody. Ids never hold a space. */
  audience: string | null;
  fp: number;
}

export interface ChangeTable {
  conv: number;
  change_seq: number;
  at: number;
  event: string;
  payload: string;
}

export interface UserLogTable {
  app: string;
  user_id: string;
  user_seq: number;
  at: number;
  event: string;
  conv_key: string | null;
  payload: string;
}

export interface InstanceTable {
  app: string;
  user_id: string;
  instance: string;
  platform: string;
  user_seq: number;
  at: number;
  seen_at: number;
}

export interface GroupTable {
  conv: number;
  app: string;
  id: string;
  kind: string;
  name: string;
  avatar: string | null;
  intro: string | null;
  announcement: string | null;
  ext: string | null;
  owner: string | null;
  join_rule: string;
  max_members: number;
  created_at: number;
  dismissed_at: number | null;
}

export interface ReceiptTable {
  conv: number;
  seq: number;
  user_id: string;
  at: number;
  content: string | null;
}

export interface DeletedTable {
  conv: number;
  user_id: string;
  seq: number;
  at: number;
}

export interface BlockTable {
  app: string;
  user_id: string;
  target: string;
  at: number;
}

export interface FileTable {
  app: string;
  id: string;
  owner: string;
  used_for: string;
  name: string;
  size: number;
  mime: string;
  state: string;
  upload_key: string;
  created_at: number;
  finished_at: number | null;
  used_at: number | null;
  meta: string;
}

/** Bits of `messages.flags`. `mentions`: the body names somebody, so that mentions are found by a small partial index. */
export const MESSAGE_FLAG = { counts: 1, notLast: 2, revoked: 4, receipt: 8, mentions: 16 } as const;

/** What stands for "no upper bound" of a seq. */
export const MAX_SEQ = Number.MAX_SAFE_INTEGER;
