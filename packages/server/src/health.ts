import type { Store } from '@magpie/domain';
import type { FastifyInstance } from 'fastify';

export interface HealthDeps {
  readonly store: Pick<Store, 'health'>;
  readonly draining: () => boolean;
  /** Undefined: this node is alone, and there is no bus to lose. */
  readonly busUp: () => boolean | undefined;
}

/** Why a node should get no traffic. `writer`: it will not get better before the process is started again. */
interface Reason {
  readonly part: 'store' | 'writer' | 'draining';
  readonly reason: string;
}

/** `GET /readyz` answers this. A node that hears no others serves on, and says so. */
export interface Readiness {
  readonly ok: boolean;
  readonly reasons?: readonly Reason[];
  readonly bus?: 'up' | 'down';
}

export function readinessOf({ store, draining, busUp }: HealthDeps): Readiness {
  const reasons: Reason[] = [];
  if (draining()) reasons.push({ part: 'draining', reason: 'the node hands its connections over and stops' });
  const health = store.health();
  if (!health.ok) reasons.push({ part: health.fatal ? 'writer' : 'store', reason: health.reason });
  const up = busUp();
  return {
    ok: reasons.length === 0,
    ...(reasons.length === 0 ? {} : { reasons }),
    ...(up === undefined ? {} : { bus: up ? 'up' : 'down' }),
  };
}

/** Both only look at what is known already: no query, no file. */
export function healthRoutes(http: FastifyInstance, deps: HealthDeps): void {
  http.get('/healthz', async () => ({ ok: true }));
  http.get('/readyz', async (_request, reply) => {
    const state = readinessOf(deps);
    return reply
      .code(state.ok ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(state);
  });
}
