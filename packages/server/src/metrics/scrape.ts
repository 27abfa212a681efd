import type { Domain, Store } from '@magpie/domain';
import type { Output } from '@magpie/protocol';
import type { Sizes, StoredSizes } from './sizes.ts';

/** What is looked up for one scrape. */
export interface Reading {
  /** Absent: the domain could not say. */
  readonly status?: Output<'node.status'>;
  readonly users: number;
  readonly sessionsOf: ReadonlyMap<string, number>;
  /** Seconds. */
  readonly behind: number;
  readonly sizes: Sizes;
  readonly health: ReturnType<Store['health']>;
}

export interface ReadingDeps {
  readonly domain: Pick<Domain, 'call' | 'sessions' | 'peers'>;
  readonly store: Pick<Store, 'health' | 'webhooks'>;
  readonly sizes: StoredSizes;
}

const OPERATOR = {
  app: { id: '', name: '', doors: [], settings: {} as never, createdAt: 0 },
  caller: 'admin',
  userId: '',
} as const;

export async function takeReading({ domain, store, sizes }: ReadingDeps): Promise<Reading> {
  const health = store.health();
  const [status, since, size] = await Promise.all([
    domain.call('node.status', OPERATOR, {}).catch(() => undefined),
    health.ok ? store.webhooks.behindSince().catch(() => undefined) : undefined,
    sizes.read(),
  ]);
  // A lane that somebody works on stands at the end of that hold.
  const behind = since === undefined ? 0 : Math.max(0, Date.now() - since) / 1000;
  return { ...(status ? { status } : {}), ...sessionsOf(domain), behind, sizes: size, health };
}

/** Sessions of a user stand together. */
function sessionsOf({ sessions }: Pick<Domain, 'sessions'>): Pick<Reading, 'users' | 'sessionsOf'> {
  const byApp = new Map<string, number>();
  let users = 0;
  let app = '';
  let user = '';
  for (const session of sessions.all()) {
    byApp.set(session.app, (byApp.get(session.app) ?? 0) + 1);
    if (session.app === app && session.userId === user) continue;
    users++;
    ({ app, userId: user } = session);
  }
  return { users, sessionsOf: byApp };
}
