import type { Accounts } from './user/accounts.ts';
import type { AppDirectory } from './app/directory.ts';
import type { Mesh } from './cluster/mesh.ts';
import type { Conversations } from './conversation/resolve.ts';
import type { Delivery } from './delivery/delivery.ts';
import type { RateLimiter } from './core/rate.ts';
import type { Pressure } from './core/pressure.ts';
import type { Bus } from './ports/bus.ts';
import type { Presences } from './presence/presences.ts';
import type { NodeProbe } from './ports/node.ts';
import type { Outbound } from './ports/outbound.ts';
import type {
  Clock,
  FileProcessor,
  FileSigner,
  Hmac,
  Passwords,
  Random,
  Report,
  Scheduler,
  Sealer,
  TokenVerifier,
} from './ports/platform.ts';
import type { Store } from './ports/store.ts';
import type { Rooms } from './room/rooms.ts';
import type { Elsewhere } from './session/elsewhere.ts';
import type { SessionRegistry } from './session/registry.ts';
import type { Timers } from './timer/timers.ts';
import type { BeforeHooks, OnAsked } from './webhook/before.ts';
import type { HookDirectory } from './webhook/hooks.ts';
import type { SendHook } from './webhook/send-hook.ts';
import type { Words } from './word/words.ts';

/** Ports, as given by the composition. */
export interface Ports {
  readonly store: Store;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly passwords: Passwords;
  readonly sealer: Sealer;
  readonly files: FileProcessor;
  readonly signer: FileSigner;
  readonly hmac: Hmac;
  readonly outbound: Outbound;
  readonly node: NodeProbe;
  /** Made from the directory, which the domain owns. */
  readonly tokens: (apps: AppDirectory) => TokenVerifier;
  /** Absent: nobody wants to know. */
  readonly report?: Report;
  /** Hears how many ms an app's back end took over what it is asked before an operation, and whether it answered. */
  readonly onAsked?: OnAsked;
}

/** What use cases share. */
export interface Deps extends Omit<Ports, 'tokens'> {
  readonly tokens: TokenVerifier;
  readonly apps: AppDirectory;
  readonly accounts: Accounts;
  readonly mesh: Mesh;
  readonly sessions: SessionRegistry;
  /** Sessions of other nodes. */
  readonly elsewhere: Elsewhere;
  readonly conversations: Conversations;
  readonly delivery: Delivery;
  readonly rate: RateLimiter;
  readonly rooms: Rooms;
  readonly timers: Timers;
  readonly presences: Presences;
  readonly pressure: Pressure;
  readonly hooks: HookDirectory;
  readonly before: BeforeHooks;
  readonly sendHook: SendHook;
  readonly words: Words;
}
