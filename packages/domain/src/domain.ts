import {
  MagpieError,
  OPERATIONS,
  type Caller,
  type Input,
  type OperationName,
  type Output,
} from '@magpie/protocol';
import { AppDirectory } from './app/directory.ts';
import { appHandlers } from './app/handlers.ts';
import { contactHandlers } from './contact/handlers.ts';
import { conversationHandlers } from './conversation/handlers.ts';
import { Conversations } from './conversation/resolve.ts';
import { Pressure, type PressureLevel } from './core/pressure.ts';
import { RateLimiter } from './core/rate.ts';
import { RawJson, type AppContext, type Ctx, type Handler, type Handlers } from './core/context.ts';
import { Delivery } from './delivery/delivery.ts';
import type { Deps, Ports } from './deps.ts';
import { collectUnused, fileHandlers } from './file/handlers.ts';
import { groupHandlers } from './group/handlers.ts';
import { messageHandlers } from './message/handlers.ts';
import { nodeHandlers } from './node/handlers.ts';
import { receiptHandlers } from './receipt/handlers.ts';
import { authenticate, openSession, sessionHandlers, type Identity } from './session/handlers.ts';
import { SessionRegistry, type Session, type SessionPeer } from './session/registry.ts';
import { syncHandlers } from './sync/handlers.ts';
import { Timers } from './timer/timers.ts';
import { Accounts } from './user/accounts.ts';
import { userHandlers } from './user/handlers.ts';

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
    ...fileHandlers(deps),
    ...nodeHandlers(deps),
  };
  const run = (operation: string, ctx: Ctx, input: unknown): Promise<unknown> => {
    const definition = OPERATIONS.get(operation);
    if (!definition) throw new MagpieError('UNKNOWN_OPERATION', { detail: { operation } });
    if (!definition.callers.includes(ctx.caller)) throw refusal(ctx.caller);
    if (ctx.caller === 'user' && operation !== 'message.send') takeRequest(deps, ctx);
    return (handlers[operation as OperationName] as Handler<OperationName>)(ctx, input as never);
  };

  // Last: every slice has registered its kinds.
  deps.timers.start();
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
    measured: (reading) => deps.pressure.update({ ...reading, waiting: ports.store.waiting() }),
    sweep: () => deps.sessions.sweep(),
    housekeeping: async () => {
      const before = ports.clock.now() - CHANGES_KEPT;
      await ports.store.commit([
        { op: 'prune', changesBefore: before, logBefore: before, now: ports.clock.now(), max: 5000 },
      ]);
      await collectUnused(deps);
    },
    close: async () => {
      await deps.timers.close();
      deps.apps.close();
      deps.accounts.close();
      deps.conversations.close();
      deps.delivery.close();
    },
  };
}

function createDeps(ports: Ports): Deps {
  const { store, bus, clock } = ports;
  const apps = new AppDirectory(store, bus);
  const accounts = new Accounts(store, bus, clock);
  const sessions = new SessionRegistry(clock);
  return {
    ...ports,
    apps,
    accounts,
    sessions,
    tokens: ports.tokens(apps),
    conversations: new Conversations(store, accounts, clock, bus),
    delivery: new Delivery(sessions, store.conversations, bus),
    rate: new RateLimiter(clock),
    timers: new Timers(ports),
    pressure: new Pressure(),
  };
}

/** Sends have a rate of their own, among their guards. */
function takeRequest({ rate }: Deps, { app, userId }: Ctx): void {
  const perSecond = app.settings['limits.rate.requests'];
  rate.take(`r ${app.id} ${userId}`, perSecond, perSecond * 2);
}

function refusal(caller: Caller): MagpieError {
  return new MagpieError(caller === 'anonymous' ? 'UNAUTHENTICATED' : 'FORBIDDEN');
}
