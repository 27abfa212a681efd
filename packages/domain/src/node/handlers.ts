import type { HandlersOf } from '../core/context.ts';
import type { Deps } from '../deps.ts';

/** `node.*`: for the operator, about the process that answers. */
export function nodeHandlers(deps: Deps): HandlersOf<'node'> {
  return {
    'node.status': async () => {
      const { connections, requests, outbound, lag, ...reading } = deps.node.reading();
      const health = deps.store.health();
      const [webhooks, timers] = health.ok
        ? await Promise.all([deps.store.webhooks.totals(), deps.store.timers.count()])
        : [{ waiting: 0, parked: 0 }, 0];
      return {
        version: reading.version,
        startedAt: reading.startedAt,
        connections,
        sessions: deps.sessions.count,
        cluster: {
          node: deps.mesh.node,
          others: [...deps.mesh.others],
          sessions: deps.elsewhere.count,
          healthy: deps.mesh.healthy,
        },
        pressure: deps.pressure.level,
        lag,
        queues: { append: deps.store.waiting(), requests, outbound, webhooks: { ...webhooks }, timers },
        rooms: deps.rooms.stats(),
        refused: { ...reading.refused },
        memory: { ...reading.memory },
        store: health.ok ? { ok: true } : { ok: false, reason: health.reason },
      };
    },
  };
}
