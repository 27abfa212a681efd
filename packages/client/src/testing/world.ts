import { createClient } from '../client.ts';
import type { Client, ClientEvents, ClientMessage, ClientOptions } from '../types.ts';
import { FakeClock } from './fake-clock.ts';
import { createFakePlatform, type FakePlatform } from './fake-platform.ts';
import { FakeServer } from './fake-server.ts';

export interface Told {
  readonly event: keyof ClientEvents;
  readonly data: unknown;
}

export interface FakeWorld {
  readonly clock: FakeClock;
  readonly server: FakeServer;
  readonly platform: FakePlatform;
  readonly client: Client;
  /** Events of the names asked for, in order. */
  readonly told: Told[];
  of<E extends keyof ClientEvents>(event: E): readonly ClientEvents[E][];
  login(): Promise<void>;
  /** What a call answers, with the time it takes. */
  done<T>(call: Promise<T>, ms?: number): Promise<T>;
  /** The network goes for this long. */
  away(ms: number): Promise<void>;
}

/** A client of alice beside a fake server, under a fake clock. */
export function fakeWorld(events: readonly (keyof ClientEvents)[], options: ClientOptions = {}): FakeWorld {
  const clock = new FakeClock();
  const server = new FakeServer(clock);
  const platform = createFakePlatform(clock, server.connect);
  const client = createClient({ platform, ...options });
  const told: Told[] = [];
  for (const event of events) client.on(event, (data) => told.push({ event, data }));
  const done = async <T>(call: Promise<T>, ms = 100): Promise<T> => {
    call.catch(() => undefined);
    await clock.advance(ms);
    return call;
  };
  return {
    clock,
    server,
    platform,
    client,
    told,
    of: <E extends keyof ClientEvents>(event: E) =>
      told.flatMap((one) => (one.event === event ? [one.data as ClientEvents[E]] : [])),
    login: async () => void (await done(client.session.open({ token: 'alice' }), 1_000)),
    done,
    async away(ms) {
      server.down = true;
      server.drop();
      await clock.advance(ms);
      server.down = false;
      platform.hint(true);
      await clock.advance(2_000);
    },
  };
}

export function wordsOf({ content }: ClientMessage): string {
  return content.type === 'text' ? content.text : content.type;
}
