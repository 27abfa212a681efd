import type { HookRow, OutboxRow, PresenceRow, RoomRow, RoomUserRow, SubscriptionRow, TimerRow, WordRow } from '@magpie/domain'; // prettier-ignore
import { roleCode } from './codec.ts';
import type { HookTable, OutboxTable, PresenceTable, RoomTable, RoomUserTable, SubscriptionTable, TimerTable, WordTable } from './schema-slices.ts'; // prettier-ignore

/** Rows of the port to rows of the tables of `schema-slices.ts` and back. */

const ADMIN = roleCode('admin');

export const presenceCode = (state: PresenceRow['state']): number => (state === 'dropped' ? 0 : 1);

export function fromTimer(
  t: Pick<TimerTable, 'id' | 'app' | 'kind' | 'due_at' | 'payload' | 'attempts'>,
): TimerRow {
  return { id: t.id, app: t.app, kind: t.kind, dueAt: t.due_at, payload: t.payload, attempts: t.attempts };
}

export function fromPresence(t: PresenceTable): PresenceRow {
  return {
    app: t.app,
    user: t.user_id,
    state: t.state === 0 ? 'dropped' : 'loggedOut',
    at: t.at,
    custom: t.custom,
    customAt: t.custom_at,
    customUntil: t.custom_until,
  };
}

export function fromSubscription(t: SubscriptionTable): SubscriptionRow {
  return {
    app: t.app,
    watcher: t.watcher,
    target: t.target,
    expiresAt: t.expires_at,
    untilLogout: t.until_logout !== 0,
    at: t.at,
  };
}

export function fromRoom(t: RoomTable): RoomRow {
  return {
    conv: t.conv,
    app: t.app,
    id: t.id,
    kind: t.kind as RoomRow['kind'],
    name: t.name,
    avatar: t.avatar,
    intro: t.intro,
    announcement: t.announcement,
    ext: t.ext,
    owner: t.owner,
    mutedAll: t.muted_all !== 0,
    endDelay: t.end_delay,
    createdAt: t.created_at,
    dismissedAt: t.dismissed_at,
  };
}

export function toRoom(row: Omit<RoomRow, 'dismissedAt'>): RoomTable {
  return {
    conv: row.conv,
    app: row.app,
    id: row.id,
    kind: row.kind,
    name: row.name,
    avatar: row.avatar,
    intro: row.intro,
    announcement: row.announcement,
    ext: row.ext,
    owner: row.owner,
    muted_all: row.mutedAll ? 1 : 0,
    end_delay: row.endDelay,
    created_at: row.createdAt,
    dismissed_at: null,
  };
}

export function fromRoomUser(t: RoomUserTable): RoomUserRow {
  return {
    conv: t.conv,
    app: t.app,
    user: t.user_id,
    role: t.role === ADMIN ? 'admin' : 'member',
    mutedUntil: t.muted_until,
    bannedUntil: t.banned_until,
    at: t.at,
  };
}

export function fromHook(t: HookTable): HookRow {
  return {
    app: t.app,
    id: t.id,
    url: t.url,
    events: JSON.parse(t.events) as HookRow['events'],
    before: JSON.parse(t.before) as HookRow['before'],
    active: t.active !== 0,
    sealedSecret: t.sealed_secret,
    createdAt: t.created_at,
  };
}

export function toHook(row: HookRow): Omit<HookTable, 'parked'> {
  return {
    app: row.app,
    id: row.id,
    url: row.url,
    events: JSON.stringify(row.events),
    before: JSON.stringify(row.before),
    active: row.active ? 1 : 0,
    sealed_secret: row.sealedSecret,
    created_at: row.createdAt,
  };
}

export function fromOutbox(t: OutboxTable): OutboxRow {
  return {
    id: t.id,
    app: t.app,
    hook: t.hook,
    lane: t.lane,
    event: t.event,
    at: t.at,
    parkedAt: t.parked_at,
    error: t.error,
  };
}

export function fromWord(t: WordTable): WordRow {
  return { app: t.app, word: t.word, action: t.action as WordRow['action'] };
}
