/** Tables of the slices that came with the second migration. Columns as in `schema.ts`. */

export interface TimerTable {
  id: string;
  app: string;
  kind: string;
  due_at: number;
  /** When it may be claimed: `due_at`, or while somebody holds it the end of that hold. */
  ready_at: number;
  payload: string;
  attempts: number;
  owner: string | null;
}

export interface PresenceTable {
  app: string;
  user_id: string;
  /** 0 dropped, 1 logged out. */
  state: number;
  at: number;
  custom: string | null;
  custom_at: number | null;
  custom_until: number | null;
}

export interface SubscriptionTable {
  app: string;
  watcher: string;
  target: string;
  expires_at: number | null;
  until_logout: number;
  at: number;
}

export interface RoomTable {
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
  muted_all: number;
  end_delay: number;
  created_at: number;
  dismissed_at: number | null;
}

export interface RoomUserTable {
  conv: number;
  user_id: string;
  app: string;
  /** Codes of `roleCode`: 1 admin, 2 member. */
  role: number;
  muted_until: number | null;
  banned_until: number | null;
  at: number;
}

export interface HookTable {
  app: string;
  id: string;
  url: string;
  events: string;
  before: string;
  active: number;
  sealed_secret: string;
  created_at: number;
  /** Events of its outbox that are parked; kept here so that telling it costs nothing. */
  parked: number;
}

export interface OutboxTable {
  id: number;
  app: string;
  hook: string;
  lane: string;
  event: string;
  at: number;
  parked_at: number | null;
  error: string | null;
}

/** One row for each lane in which something waits; its lock is what puts writers of a lane in order. */
export interface LaneTable {
  app: string;
  hook: string;
  lane: string;
  /** Events that wait, parked ones not among them. */
  waiting: number;
  /** When it may be claimed; while somebody holds it the end of that hold. */
  due_at: number;
  attempts: number;
  failing_since: number | null;
  error: string | null;
  owner: string | null;
}

export interface WordTable {
  app: string;
  word: string;
  action: string;
}
