import { createHmac } from 'node:crypto';
import { createDomain, createLocalBus, type Ctx, type Domain, type Outbound, type Ports, type Random, type Store } from '@magpie/domain'; // prettier-ignore
import { openStore } from '@magpie/store-sql';
import type { FakeTime } from '../../../packages/domain/src/testing/fake-time.ts';

/** The real use cases over the real SQLite store, while the clock stands still until it is moved. */
export interface WholeDomain {
  readonly domain: Domain;
  readonly store: Store;
  readonly time: FakeTime;
  ctx(user: string): Ctx;
  readonly admin: Ctx;
  /** Moves the clock, second by second, and lets the store finish what it has begun in each. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

export const APP = 'demo';

export async function openWholeDomain(
  path: string,
  time: FakeTime,
  outbound: Outbound,
  ports: Partial<Ports> = {},
): Promise<WholeDomain> {
  const file = await openStore(`sqlite:${path}`, { now: () => time.now() });
  const pending = { count: 0 };
  const store = counted(file, pending);
  const refuse = () => Promise.reject(new Error('not in this test'));
  const domain = await createDomain({
    store,
    outbound,
    bus: createLocalBus(),
    clock: time,
    scheduler: time,
    random: randomOf(),
    passwords: { hash: async (password) => password, verify: async (hash, password) => hash === password },
    sealer: { seal: (plain) => plain, open: (sealed) => sealed },
    files: { finish: refuse, remove: refuse, removeApp: refuse },
    signer: { sign: () => '' },
    hmac: (secret, text) => createHmac('sha256', secret).update(text).digest('hex'),
    node: {} as Ports['node'],
    tokens: () => ({ verify: refuse, issue: () => ({ token: 't', expiresAt: 0 }) }),
    ...ports,
  });
  const settled = async () => {
    // Twice in a row, as an answer of the store may lead to the next question.
    for (let quiet = 0; quiet < 2; quiet = pending.count === 0 ? quiet + 1 : 0)
      await new Promise((resolve) => void setImmediate(resolve));
  };
  const app = () => {
    const found = domain.apps.get(APP);
    if (!found) throw new Error('the app is not made yet');
    return found;
  };
  return {
    domain,
    store,
    time,
    ctx: (userId) => ({ app: app(), caller: 'user', userId }),
    get admin(): Ctx {
      return { app: app(), caller: 'admin', userId: '' };
    },
    pass: async (ms) => {
      for (let left = ms; left > 0; left -= 1_000) {
        await time.advance(Math.min(left, 1_000));
        await settled();
        // What the store's answers led to, still in this second.
        while (time.isDue) {
          await time.advance(0);
          await settled();
        }
      }
    },
    close: async () => {
      await domain.close();
      await settled();
      await file.close();
    },
  };
}

let texts = 0;
function randomOf(): Random {
  return {
    text: (length) => (++texts).toString(36).padStart(length, '0'),
    digits: (length) => String(10 ** (length - 1) + texts++),
  };
}

/** Counts the calls that are under way. */
function counted<T extends object>(target: T, pending: { count: number }): T {
  return new Proxy(target, {
    get: (object, name) => {
      const value: unknown = Reflect.get(object, name);
      if (typeof value === 'object' && value !== null) return counted(value, pending);
      if (typeof value !== 'function') return value;
      return (...args: readonly unknown[]): unknown => {
        const result: unknown = Reflect.apply(value, object, args);
        if (!(result instanceof Promise)) return result;
        pending.count++;
        return result.finally(() => void pending.count--);
      };
    },
  });
}
