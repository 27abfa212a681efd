import { effectiveSettings, MagpieError, unstoredMessageId, type Input, type Output, type Priority, type SendInput } from '@magpie/protocol'; // prettier-ignore
import { Mesh } from '../cluster/mesh.ts';
import { RawJson, type AppContext, type Ctx, type HandlersOf } from '../core/context.ts';
import { createAttempt } from '../core/guards.ts';
import { createLocalBus } from '../core/local-bus.ts';
import { eventText } from '../delivery/delivery.ts';
import type { Deps } from '../deps.ts';
import type { RoomRow, RoomUserRow } from '../ports/rows.ts';
import { StoreConflict, type Store } from '../ports/store.ts';
import type { WriteOp } from '../ports/writes.ts';
import { Elsewhere } from '../session/elsewhere.ts';
import { SessionRegistry, type Session } from '../session/registry.ts';
import { FakeTime } from '../testing/fake-time.ts';
import { MemoryTimerStore } from '../timer/memory-store.ts';
import { Timers } from '../timer/timers.ts';
import { endEmptyRooms } from './ending.ts';
import { roomGuard } from './guard.ts';
import { roomHandlers } from './handlers.ts';
import { roomSink } from './posting.ts';
import { revokeUnstored } from './recall.ts';
import { Rooms } from './rooms.ts';
import { shareRooms } from './sharing.ts';

/** The rooms' part of a store, for unit tests. */
export class MemoryRoomStore extends MemoryTimerStore {
  readonly roomRows = new Map<string, RoomRow>();
  readonly userRows = new Map<string, RoomUserRow>();
  /** Held back while set: reads of what is remembered of users wait for it. */
  wait: Promise<void> | undefined;
  private nums = 0;

  readonly conversationNumber = async () => ++this.nums;
  readonly conversations: Pick<Store['conversations'], 'byNumber'> = { byNumber: async () => undefined };
  readonly rooms: Store['rooms'] = {
    byId: async (_app, id) => this.roomRows.get(id),
    many: async (_app, ids) => ids.flatMap((id) => this.roomRows.get(id) ?? []),
    list: async (_app, { after = '', limit }) =>
      [...this.roomRows.values()].filter((row) => row.id > after && row.dismissedAt === null).sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, limit), // prettier-ignore
    user: async (conv, user) => {
      const row = this.userRows.get(`${conv} ${user}`);
      await this.wait;
      return row;
    },
    users: async (conv, { what, now, after = '', limit }) => {
      const fits = (row: RoomUserRow) => what === 'admins' ? row.role === 'admin' : (row[what === 'muted' ? 'mutedUntil' : 'bannedUntil'] ?? 0) > now; // prettier-ignore
      return [...this.userRows.values()].filter((row) => row.conv === conv && fits(row) && row.user > after).sort((a, b) => (a.user < b.user ? -1 : 1)).slice(0, limit); // prettier-ignore
    },
  };

  protected override other(op: WriteOp, index = 0): unknown {
    if (op.op === 'room.create') {
      if (this.roomRows.has(op.row.id)) throw new StoreConflict('exists', index);
      this.roomRows.set(op.row.id, { ...op.row, dismissedAt: null });
    }
    if (op.op === 'room.set') {
      const row = [...this.roomRows.values()].find(({ conv }) => conv === op.conv);
      if (!row || (row.dismissedAt !== null) !== (op.revive === true))
        throw new StoreConflict(op.revive ? 'stale' : 'missing', index);
      this.roomRows.set(row.id, { ...row, ...op.set });
      return { row: { ...row, ...op.set } };
    }
    if (op.op === 'room.users.put')
      for (const user of op.users) {
        const key = `${op.conv} ${user}`;
        const fresh = { conv: op.conv, app: op.app, user, role: 'member', mutedUntil: null, bannedUntil: null, at: op.at } as const; // prettier-ignore
        this.userRows.set(key, { ...fresh, ...this.userRows.get(key), ...op.set, at: op.at });
      }
    return undefined;
  }
}

const USERS = ['alice', 'bob', 'carol', 'dave', 'erin'];
type RoomOperation = keyof HandlersOf<'room'>;

/** One device with a connection: what it was sent, and what it asks. */
export interface TestDevice {
  readonly session: Session;
  /** As they came; the same strings for all. */
  readonly texts: readonly string[];
  readonly events: { e: string; c?: string; d: Record<string, unknown> }[];
  /** Names of the events since the last look, with what tells them apart. */
  news(): string[];
  ask<O extends RoomOperation>(op: O, input: Input<O>): Promise<Output<O>>;
  /** The code of the error it is answered; `ok` if there is none. */
  code<O extends RoomOperation>(op: O, input: Input<O>): Promise<string>;
  say(room: string, words: string, more?: Partial<SendInput>): Promise<string>;
  revoke(id: string): Promise<string>;
  drop(): void;
  resume(): void;
  logout(): void;
  congested: boolean;
}

let nodes = 0;
/** Names of sends differ on all nodes. */
let said = 0;

/** Rooms over a real registry and real timers, with a clock that stands still. */
export function createWorld(settings: Record<string, unknown> = {}, store = new MemoryRoomStore(), time = new FakeTime(), bus = createLocalBus()) {
  const app: AppContext = { id: 'a', name: '', doors: [], settings: effectiveSettings(settings), createdAt: 0 };
  const random = { text: () => `node${nodes++}`, digits: (n: number) => '7'.repeat(n) };
  const hooked: string[] = [];
  const emit = (_app: string, event: string, lane: string) => void hooked.push(`${event} ${lane}`);
  const accounts = {
    get: async (_app: string, id: string) => (USERS.includes(id) || /^u\d+$/.test(id) ? { id, profile: { name: id } } : undefined),
    peek: (_app: string, id: string) => ({ id, profile: { name: id.toUpperCase() } }),
    people: async () => ({}),
    require: async (_app: string, id: string, field: string) => {
      if (!USERS.includes(id)) throw new MagpieError('USER_NOT_FOUND', { field });
      return { id };
    },
  };
  const timers = new Timers({ store: store as unknown as Store, clock: time, scheduler: time, random });
  const pressure = { level: 0 };
  const apps = { get: (id: string) => (id === 'a' ? app : undefined) };
  const reported: unknown[] = [];
  const report = (what: string, error: unknown) => void reported.push([what, error]);
  const mesh = new Mesh({ bus, clock: time, scheduler: time, random, report });
  const elsewhere = new Elsewhere(mesh, time);
  const sessions = new SessionRegistry(time, elsewhere, apps.get);
  const base = { store, bus, mesh, elsewhere, report, clock: time, scheduler: time, random, apps, accounts, sessions, timers, pressure, hooks: { emit } };
  const rooms = new Rooms({ ...base, emit } as unknown as ConstructorParameters<typeof Rooms>[0]);
  const deps = { ...base, rooms } as unknown as Deps;
  shareRooms(deps);
  endEmptyRooms(deps);
  timers.start();
  const handlers = roomHandlers(deps);
  const sink = roomSink(deps);

  async function call<O extends RoomOperation>(ctx: Ctx, op: O, input: Input<O>): Promise<Output<O>> {
    const out = (await handlers[op](ctx, input as never)) as unknown;
    return (out instanceof RawJson ? JSON.parse(out.json) : out) as Output<O>;
  }

  /** As `message.send`: the guard, then delivery; answers the id, what it was dropped for, or the error's code. */
  async function say(ctx: Ctx, room: string, words: string, more: Partial<SendInput> = {}): Promise<string> {
    const row = store.roomRows.get(room);
    if (!row) return 'ROOM_NOT_FOUND';
    const input: SendInput = { ref: `r:${room}`, clientId: `c${said++}`, content: { type: 'text', text: words }, ...more };
    const place = { app: 'a', num: row.conv, key: `r:${room}`, kind: 'room' as const };
    const attempt = createAttempt(ctx, input, place, undefined);
    try {
      await roomGuard(attempt, deps);
    } catch (error) {
      return MagpieError.from(error).code;
    }
    if (attempt.dropped !== undefined) return attempt.dropped;
    const id = unstoredMessageId(time.now(), said);
    const json = JSON.stringify({ id, conv: place.key, from: ctx.userId, time: time.now(), clientId: input.clientId, content: input.content });
    const limited = input.audience ? { only: new Set([...input.audience, ctx.userId]), hole: undefined } : undefined;
    const message = { id, from: ctx.userId, clientId: input.clientId, time: time.now(), json, keep: input.store !== false };
    sink(place, eventText('message.transient', `{"message":${json}}`, place.key), { limited, priority: attempt.priority, message });
    return id;
  }

  /** `resume`: a session the device had, perhaps on another node. */
  function device(user: string, instance = `${user}1`, resume?: string): TestDevice {
    const texts: string[] = [];
    let looked = 0;
    let session: Session | undefined;
    const open = (id: string, resumed: boolean): Session => {
      const peer = { get congested() { return self.congested; }, push: (text: string) => void texts.push(text), end: () => undefined };
      const opened: Session = { id, app: 'a', userId: user, instance, platform: 'web', device: undefined, customInfo: undefined, openedAt: time.now(), wantsDelivered: false, peer, expiresAt: undefined };
      session = opened;
      sessions.open(app, opened, resumed);
      return opened;
    };
    const ctx = (): Ctx => ({ app, caller: 'user', userId: user, session: self.session });
    const code = (asked: Promise<unknown>) => asked.then(() => 'ok', (error: unknown) => MagpieError.from(error).code);
    const self: TestDevice = {
      get session() {
        if (!session) throw new Error('no session');
        return session;
      },
      get events() {
        return texts.map((text) => JSON.parse(text) as TestDevice['events'][number]);
      },
      texts,
      congested: false,
      news: () => self.events.slice(looked, (looked = texts.length)).map(nameOf),
      ask: (op, input) => call(ctx(), op, input),
      code: (op, input) => code(call(ctx(), op, input)),
      say: (room, words, more) => say(ctx(), room, words, more),
      revoke: (id) => code(revokeUnstored(deps, ctx(), { id })),
      drop: () => sessions.detach(self.session),
      resume: () => void open(self.session.id, true),
      logout: () => sessions.close(self.session),
    };
    open(resume ?? `s-${instance}-${nodes++}`, resume !== undefined);
    return self;
  }

  const backend: Ctx = { app, caller: 'admin', userId: '' };
  return {
    time, store, rooms, deps, app, sessions, timers, pressure, hooked, reported, device, bus, mesh,
    /** As the app's back end. */
    admin: <O extends RoomOperation>(op: O, input: Input<O>) => call(backend, op, input),
    adminCode: <O extends RoomOperation>(op: O, input: Input<O>) => call(backend, op, input).then(() => 'ok', (error: unknown) => { const { code, field } = MagpieError.from(error); return field === undefined ? code : `${code} ${field}`; }),
    adminSays: (user: string, room: string, words: string, priority?: Priority) => say({ app, caller: 'admin', userId: user }, room, words, priority ? { priority } : {}),
    /** Lets everything that is ready leave. */
    flush: () => time.advance(0),
  };
} // prettier-ignore

function nameOf({ e, d }: TestDevice['events'][number]): string {
  const names = (list: unknown) => (list as { userId: string; reason?: string }[]).map(({ userId, reason }) => (reason ? `${userId}:${reason}` : userId)).join(' '); // prettier-ignore
  if (e === 'room.membersChanged') return `+[${names(d['entered'])}] -[${names(d['left'])}] =${String(d['memberCount'])}`; // prettier-ignore
  if (e === 'room.changed') return `${String(d['change'])}${d['targets'] ? ` ${(d['targets'] as string[]).join(' ')}` : ''}`; // prettier-ignore
  if (e === 'room.out') return `out:${String(d['reason'])}`;
  if (e === 'room.revoked') return `revoked by ${String(d['role'])}`;
  return (d['message'] as { content: { text: string } }).content.text;
}
