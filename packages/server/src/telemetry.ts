import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Outbound, Store } from '@magpie/domain';
import type { Logger } from 'pino';

/** Follows requests through commit and fan-out. */
export interface Tracing {
  /** Runs a request, and writes down when what happened in it. */
  trace(name: string, run: () => Promise<unknown>): Promise<unknown>;
  /** The same store; its commits are written down. */
  store(store: Store): Store;
  close(): Promise<void>;
}

export interface TracingOptions {
  /** As in OTEL_EXPORTER_OTLP_ENDPOINT: spans go to `<endpoint>/v1/traces`. */
  readonly endpoint: string;
  readonly version: string;
  readonly outbound: Outbound;
  readonly log: Logger;
}

/** Times in ms, as `performance.now` counts them. */
interface Span {
  readonly trace: string;
  readonly id: string;
  readonly parent?: string;
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly failed?: boolean;
  readonly attributes: Readonly<Record<string, string | number>>;
}

interface Current {
  readonly trace: string;
  readonly id: string;
  /** When the last commit in it ended. */
  committed: number | undefined;
}

const EVERY = 5_000;
/** Spans that wait to be sent; what is more is not kept. */
const MAX_WAITING = 5_000;
const PER_SENDING = 1_000;
const PATIENCE = 5_000;
const id = (bytes: number) => randomBytes(bytes).toString('hex');

/** Spans in the JSON form of OTLP over HTTP. Only loaded when there is somewhere to send them. */
export function createTracing({ endpoint, version, outbound, log }: TracingOptions): Tracing {
  const current = new AsyncLocalStorage<Current>();
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  let waiting: Span[] = [];
  let troubled = false;
  const add = (span: Span): void => {
    if (waiting.length < MAX_WAITING) waiting.push(span);
  };
  const send = async (): Promise<void> => {
    while (waiting.length > 0) {
      const spans = waiting.slice(0, PER_SENDING);
      waiting = waiting.slice(PER_SENDING);
      try {
        const { status } = await outbound.request({ url, method: 'POST', headers: { 'content-type': 'application/json' }, body: bodyOf(spans, version), timeout: PATIENCE, maxBytes: 64 * 1024 }); // prettier-ignore
        if (status >= 300) throw new Error(`HTTP ${status}`);
        troubled = false;
      } catch (error) {
        // Once per outage: a collector that is away is no reason to fill the log.
        if (!troubled) log.warn({ err: error }, 'spans could not be sent, and are dropped');
        troubled = true;
        waiting = [];
      }
    }
  };
  let sending: Promise<void> | undefined;
  const timer = setInterval(() => {
    sending ??= send().finally(() => {
      sending = undefined;
    });
  }, EVERY).unref();
  return {
    trace: async (name, run) => {
      const own: Current = { trace: id(16), id: id(8), committed: undefined };
      const from = performance.now();
      let failed = true;
      try {
        const output = await current.run(own, run);
        failed = false;
        return output;
      } finally {
        const to = performance.now();
        add({ ...own, name, from, to, failed, attributes: { 'rpc.system': 'magpie', 'rpc.method': name } });
        if (own.committed !== undefined) add({ trace: own.trace, id: id(8), parent: own.id, name: 'fan-out', from: own.committed, to, attributes: {} }); // prettier-ignore
      }
    },
    store: (store) => ({ ...store, commit: commitTraced(store, current, add) }),
    close: async () => {
      clearInterval(timer);
      await sending;
      await send();
    },
  };
}

function commitTraced(
  store: Store,
  current: AsyncLocalStorage<Current>,
  add: (span: Span) => void,
): Store['commit'] {
  return async (ops) => {
    const own = current.getStore();
    if (!own) return await store.commit(ops);
    const from = performance.now();
    try {
      return await store.commit(ops);
    } finally {
      const to = (own.committed = performance.now());
      add({ trace: own.trace, id: id(8), parent: own.id, name: 'commit', from, to, attributes: { 'magpie.operations': ops.length } }); // prettier-ignore
    }
  };
}

function bodyOf(spans: readonly Span[], version: string): string {
  const resource = { 'service.name': 'magpie', 'service.version': version, 'service.instance.id': `${hostname()}:${process.pid}` }; // prettier-ignore
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: attributesOf(resource) },
        scopeSpans: [{ scope: { name: 'magpie', version }, spans: spans.map(shapeOf) }],
      },
    ],
  });
}

function shapeOf({ trace, id: spanId, parent, name, from, to, failed, attributes }: Span): unknown {
  return {
    traceId: trace,
    spanId,
    ...(parent === undefined ? {} : { parentSpanId: parent }),
    name,
    // 2: what a server does for somebody; 1: inside.
    kind: parent === undefined ? 2 : 1,
    startTimeUnixNano: nanos(from),
    endTimeUnixNano: nanos(to),
    attributes: attributesOf(attributes),
    status: failed ? { code: 2 } : {},
  };
}

/** As text: more digits than a number holds. */
function nanos(ms: number): string {
  return `${Math.round((performance.timeOrigin + ms) * 1000)}000`;
}

function attributesOf(values: Readonly<Record<string, string | number>>): unknown[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value } })); // prettier-ignore
}
