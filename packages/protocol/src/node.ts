import * as v from 'valibot';
import { defineOperation } from './define.ts';
import { count, opt, time } from './schema.ts';

/** How a server process is doing: what an operator looks at first. */
export const nodeStatus = defineOperation({
  name: 'node.status',
  summary: 'Connections, queues and pressure of the server process that answers.',
  callers: ['admin'],
  scope: 'server',
  idempotency: 'safe',
  input: v.strictObject({}),
  output: v.object({
    version: v.string(),
    startedAt: time,
    connections: count,
    sessions: count,
    /** Its name among the nodes of its cluster, the others it knows, their sessions, and whether it hears them. */
    cluster: v.object({
      node: v.string(),
      others: v.array(v.string()),
      sessions: count,
      healthy: v.boolean(),
    }),
    /** 0 none, 1 sheds low room traffic, 2 sheds all but high, 3 refuses what is not durable yet. */
    pressure: count,
    /** Lateness of the event loop over the last seconds, ms: the 99th percentile. */
    lag: v.number(),
    queues: v.object({
      /** Units waiting for the writer. */
      append: count,
      /** Requests being worked on, all connections together. */
      requests: count,
      /** Bytes handed to sockets and not gone. */
      outbound: count,
      /** Webhook events waiting, parked. */
      webhooks: v.object({ waiting: count, parked: count }),
      timers: count,
    }),
    rooms: v.object({ count, members: count, sent: count, dropped: v.record(v.string(), count) }),
    /** Requests answered OVERLOADED or RATE_LIMITED since the start. */
    refused: v.record(v.string(), count),
    memory: v.object({ rss: count, heapUsed: count, external: count }),
    store: v.object({ ok: v.boolean(), reason: opt(v.string()) }),
  }),
  errors: [],
});

export const nodeOperations = [nodeStatus] as const;
