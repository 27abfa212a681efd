import {
  MagpieError,
  OPERATIONS,
  type Caller,
  type EventPayload,
  type Input,
  type OperationName,
  type Output,
} from '@magpie/protocol';
import { AppDirectory } from './app/directory.ts';
import { appHandlers } from './app/handlers.ts';
import { serveAppPurge } from './app/purge.ts';
import { auditedRun, isAudited } from './audit/audit.ts';
import { auditHandlers, pruneAudit } from './audit/handlers.ts';
import { Mesh } from './cluster/mesh.ts';
import { contactHandlers } from './contact/handlers.ts';
import { conversationHandlers } from './conversation/handlers.ts';
import { Conversations } from './conversation/resolve.ts';
import { checkSize, nodesOfCaller } from './core/guards.ts';
import { Pressure, type PressureLevel } from './core/pressure.ts';
import { RateLimiter } from './core/rate.ts';
import { RawJson, type AppContext, type Ctx, type Handler, type Handlers } from './core/context.ts';
import { Delivery, eventText } from './delivery/delivery.ts';
import type { Deps, Ports } from './deps.ts';
import { serveErasures } from './erase/erase.ts';
import { collectUnused, fileHandlers } from './file/handlers.ts';
import { groupHandlers } from './group/handlers.ts';
import { messageHandlers } from './message/handlers.ts';
import { nodeHandlers } from './node/handlers.ts';
import { presenceHandlers } from './presence/handlers.ts';
import { Presences } from './presence/presences.ts';
import { receiptHandlers } from './receipt/handlers.ts';
import { serveRetention } from './retention/retention.ts';
import { endEmptyRooms } from './room/ending.ts';
import { roomHandlers } from './room/handlers.ts';
import { roomSink } from './room/posting.ts';
import { Rooms } from './room/rooms.ts';
import { shareRooms } from './room/sharing.ts';
import { Elsewhere } from './session/elsewhere.ts';
import { authenticate, openSession, sessionHandlers, type Identity } from './session/handlers.ts';
import { SessionRegistry, type Session, type SessionPeer } from './session/registry.ts';
import { syncHandlers } from './sync/handlers.ts';
import { Timers } from './timer/timers.ts';
import { Accounts } from './user/accounts.ts';
import { userHandlers } from './user/handlers.ts';
import { BeforeHooks } from './webhook/before.ts';
import { webhookHandlers } from './webhook/handlers.ts';
import { hookedStore } from './webhook/hooked-store.ts';
import { HookDirectory } from './webhook/hooks.ts';
import { Outbox } from './webhook/outbox.ts';
import { SendHook } from './webhook/send-hook.ts';
import { wordHandlers } from './word/handlers.ts';
import { Words } from './word/words.ts';

const CHANGES_KEPT = 7 * 86_400_000;

/** The use cases over their ports. Everything that has a socket, a file or a clock is outside. */
export interface Domain {
  readonly apps: AppDirectory;
  readonly sessions: SessionRegistry;
  /** Runs an operation whose input was checked against the contract; refuses callers the contract does not name. */
  run(operation: string, ctx: Ctx, input: unknown): Promise<unknown>;
  /** The same, typed, for callers inside the server. */
  call<N extends OperationName>(operation: N, ctx: Ctx, input: Input<N>): Promise<Output<N>>;
  authenticate(token: string, app?: string): Promise<Identity>;
  openSession(
    peer: SessionPeer,
    input: Input<'session.open'>,
  ): Promise<{ session: Session; output: Output<'session.open'>; app: AppContext }>;
  /** How much the process has to carry. */
  readonly pressure: PressureLevel;
  /** Other nodes that this one hears. */
  readonly peers: number;
  /** Takes a reading of the process, about twice a second. */
  measured(reading: { readonly lag: number; readonly outbound: number }): void;
  /** Every second or so. */
  sweep(): void;
  /** Every few minutes: prunes old changes and logs, removes unused uploads. */
  housekeeping(): Promise<void>;
  /** Waits for what goes on by itself; the store must still be open. */
  close(): Promise<void>;
}

export async function createDomain(ports: Ports): Promise<Domain> {
  const deps = createDeps(ports);
  await deps.apps.reload();
  await deps.hooks.reload();
  const epoch = await ports.store.epoch();
  const handlers: Handlers = {
    ...appHandlers(deps),
    ...sessionHandlers(deps),
    ...syncHandlers(deps),
    ...userHandlers(deps),
    ...contactHandlers(deps),
    ...conversationHandlers(deps),
    ...messageHandlers(deps),
    ...receiptHandlers(deps),
    ...groupHandlers(deps),
    ...roomHandlers(deps),
    ...fileHandlers(deps),
    ...nodeHandlers(deps),
    ...presenceHandlers(deps),
    ...webhookHandlers(deps),
    ...wordHandlers(deps),
    ...auditHandlers(deps),
  };
  const run = (operation: string, ctx: Ctx, input: unknown): Promise<unknown> => {
    const definition = OPERATIONS.get(operation);
    if (!definition) throw new MagpieError('UNKNOWN_OPERATION', { detail: { operation } });
    if (!definition.callers.includes(ctx.caller)) throw refusal(ctx.caller);
    if (ctx.caller === 'user' && operation !== 'message.send') takeRequest(deps, ctx);
    const handler = handlers[operation as OperationName] as Handler<OperationName>;
    // Sends have a guard of their own.
    const asked = definition.hookable && operation !== 'message.send' ? deps.before.check(ctx, definition, input) : undefined; // prettier-ignore
    const go = (as: Ctx) => asked ? asked.then((changed) => handler(as, changed as never)) : handler(as, input as never); // prettier-ignore
    return ctx.caller === 'admin' && isAudited(definition) ? auditedRun(deps, definition, ctx, input, go) : go(ctx); // prettier-ignore
  };

  serveRooms(deps);
  serveUpkeep(deps);
  deps.mesh.listen({ missed: () => missed(deps) });
  await deps.mesh.join();
  // Last: every slice has registered its kinds.
  deps.timers.start();
  const outbox = new Outbox(deps);
  outbox.wake();
  return {
    apps: deps.apps,
    sessions: deps.sessions,
    run,
    call: async (operation, ctx, input) => {
      const output = (await run(operation, ctx, input)) as RawJson | Output<typeof operation>;
      return (output instanceof RawJson ? JSON.parse(output.json) : output) as Output<typeof operation>;
    },
    authenticate: (token, app) => authenticate(deps, token, app),
    openSession: (peer, input) => openSession(deps, peer, input, epoch),
    get pressure() {
      return deps.pressure.level;
    },
    get peers() {
      return deps.mesh.others.length;
    },
    measured: (reading) => deps.pressure.update({ ...reading, waiting: ports.store.waiting() }),
    sweep: () => {
      deps.sessions.sweep();
      deps.apps.sweep();
      deps.hooks.sweep();
    },
    housekeeping: async () => {
      const before = ports.clock.now() - CHANGES_KEPT;
      await ports.store.commit([
        { op: 'prune', changesBefore: before, logBefore: before, now: ports.clock.now(), max: 5000 },
      ]);
      await collectUnused(deps);
      await pruneAudit(deps);
    },
    close: async () => {
      await Promise.all([deps.timers.close(), outbox.close()]);
      await deps.presences.close();
      deps.hooks.close();
      deps.rooms.close();
      deps.words.close();
      deps.apps.close();
      deps.accounts.close();
      deps.conversations.close();
      deps.delivery.close();
      deps.mesh.close();
    },
  };
}

function createDeps(ports: Ports): Deps {
  const { bus, clock } = ports;
  const hooks = new HookDirectory(ports.store, bus, clock, ports.sealer);
  const before = new BeforeHooks({ ...ports, hooks });
  const store = hookedStore(ports.store, hooks);
  const apps = new AppDirectory(store, bus);
  const mesh = new Mesh(ports);
  const accounts = new Accounts(store, bus, clock, mesh);
  const elsewhere = new Elsewhere(mesh, clock);
  const sessions = new SessionRegistry(clock, elsewhere, (app) => apps.get(app));
  const delivery = new Delivery({ sessions, conversations: store.conversations, bus, mesh, elsewhere });
  const timers = new Timers({ ...ports, store });
  return {
    ...ports,
    store,
    apps,
    accounts,
    sessions,
    tokens: ports.tokens(apps),
    conversations: new Conversations(store, accounts, clock, bus, mesh),
    delivery,
    mesh,
    elsewhere,
    rate: new RateLimiter(clock),
    timers,
    presences: new Presences({ ...ports, store, apps, sessions, elsewhere, delivery, timers, hooks }),
    rooms: new Rooms({ ...ports, store, apps, accounts, mesh, sessions, emit: hooks.emit }),
    pressure: new Pressure(),
    hooks,
    before,
    sendHook: new SendHook(store, hooks, before, checkSize),
    words: new Words(store.words, bus),
  };
}

/** What is kept in mind may be out of date, and events may not have come: both are asked for anew. */
function missed({ apps, hooks, words, accounts, conversations, delivery, sessions, report }: Deps): void {
  accounts.forget();
  conversations.forget();
  delivery.forget();
  words.forget();
  const reloaded = Promise.all([apps.reload(), hooks.reload()]);
  reloaded.catch((error: unknown) => report?.('what other nodes changed could not be read again', error));
  // All at once would be a storm.
  const within = Math.max(LEAST_SPREAD, Math.round((1_000 * sessions.count) / ASK_A_SECOND));
  const event = eventText('sync.missed', JSON.stringify({ within } satisfies EventPayload<'sync.missed'>));
  for (const session of sessions.all()) session.peer.push(event);
}

/** Milliseconds over which clients spread their asking, at least; more where there are more of them than this a second. */
const LEAST_SPREAD = 2_000;
const ASK_A_SECOND = 2_000;

/** Rooms know themselves who is there. */
function serveRooms(deps: Deps): void {
  deps.delivery.serve('room', roomSink(deps));
  deps.conversations.serve('room', (place, userId) => deps.rooms.present(place.num, userId));
  shareRooms(deps);
  endEmptyRooms(deps);
}

/** What goes on by itself for apps that keep less, or go, and for users who are erased. */
function serveUpkeep(deps: Deps): void {
  serveRetention(deps);
  serveErasures(deps);
  serveAppPurge(deps);
}

/** Sends have a rate of their own, among their guards. */
function takeRequest(deps: Deps, ctx: Ctx): void {
  const perSecond = ctx.app.settings['limits.rate.requests'];
  deps.rate.take(`r ${ctx.app.id} ${ctx.userId}`, perSecond, perSecond * 2, nodesOfCaller(deps, ctx));
}

function refusal(caller: Caller): MagpieError {
  return new MagpieError(caller === 'anonymous' ? 'UNAUTHENTICATED' : 'FORBIDDEN');
}
