import { collectDefaultMetrics, Registry } from 'prom-client';
import type { GatewayCounts } from '../gateway/gateway.ts';
import { Families, type Sample } from './families.ts';
import type { Meter } from './meter.ts';
import { takeReading, type Reading, type ReadingDeps } from './scrape.ts';

export interface MetricsDeps extends ReadingDeps {
  readonly version: string;
  readonly meter: Meter;
  readonly gateway: GatewayCounts;
  readonly draining: () => boolean;
  /** Whether the way to other nodes is open. */
  readonly busUp: () => boolean;
}

const NONE: readonly Sample[] = [];
const one = (value: number | undefined): readonly Sample[] => (value === undefined ? NONE : [[{}, value]]);

/** What `/metrics` answers. Nothing is made before the first scrape: who never asks pays for nothing. */
export class Metrics {
  private readonly deps: MetricsDeps;
  private registry: Registry | undefined;
  private reading: Reading | undefined;
  private scraping: Promise<string> | undefined;

  constructor(deps: MetricsDeps) {
    this.deps = deps;
  }

  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;

  /** Scrapes at the same time share one. */
  scrape(): Promise<string> {
    this.scraping ??= this.take().finally(() => {
      this.scraping = undefined;
    });
    return this.scraping;
  }

  private async take(): Promise<string> {
    this.reading = await takeReading(this.deps);
    this.registry ??= this.build();
    return await this.registry.metrics();
  }

  private build(): Registry {
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    const families = new Families(registry);
    const read = () => this.reading;
    nodeFamilies(families, this.deps, read);
    requestFamilies(families, this.deps);
    queueFamilies(families, this.deps, read);
    roomFamilies(families, read);
    appFamilies(families, this.deps, read);
    return registry;
  }
}

type Read = () => Reading | undefined;

function nodeFamilies(f: Families, deps: MetricsDeps, read: Read): void {
  f.gauge({ name: 'magpie_info', help: 'Always 1; the version of the server.', labels: ['version'], read: () => [[{ version: deps.version }, 1]] });
  f.gauge({ name: 'magpie_draining', help: '1 while the node hands its connections over before it stops.', read: () => one(deps.draining() ? 1 : 0) });
  f.gauge({ name: 'magpie_store_up', help: '1 while writes can be taken.', read: () => one(read()?.health.ok === true ? 1 : 0) });
  f.gauge({ name: 'magpie_bus_up', help: '1 while the way to the other nodes is open; always 1 with the local bus.', read: () => one(deps.busUp() ? 1 : 0) });
  f.gauge({ name: 'magpie_peers', help: 'Other nodes that this one hears.', read: () => one(deps.domain.peers) });
  f.gauge({ name: 'magpie_pressure', help: '0 none, 1 sheds low room traffic, 2 sheds all but high, 3 refuses new connections.', read: () => one(read()?.status?.pressure) });
  f.gauge({ name: 'magpie_connections', help: 'Open WebSocket connections.', read: () => one(deps.gateway.size) });
  f.gauge({ name: 'magpie_sessions', help: 'Live sessions of this node.', read: () => one(read()?.status?.sessions) });
  f.gauge({ name: 'magpie_users', help: 'Users with a live session on this node.', read: () => one(read()?.users) });
  f.gauge({ name: 'magpie_event_loop_late_seconds', help: 'Lateness of the event loop over the last half second, 99th percentile.', read: () => one(seconds(read()?.status?.lag)) });
  f.gauge({ name: 'magpie_store_bytes', help: 'The SQLite database with its log; not known of PostgreSQL.', read: () => one(read()?.sizes.store) });
  f.gauge({ name: 'magpie_files_bytes', help: 'Finished files of all apps, looked up every five minutes.', read: () => one(read()?.sizes.files) });
  f.gauge({ name: 'magpie_disk_bytes', help: 'Size of the disk with the data folder.', read: () => one(read()?.sizes.disk) });
  f.gauge({ name: 'magpie_disk_free_bytes', help: 'What is left on the disk with the data folder.', read: () => one(read()?.sizes.diskFree) });
} // prettier-ignore

function requestFamilies(f: Families, { meter, gateway }: MetricsDeps): void {
  const all = () => [...meter.operations.values()];
  f.counter({ name: 'magpie_requests_total', help: 'Requests by operation, over WebSocket and REST.', labels: ['operation'], read: () => all().map(({ name, count }): Sample => [{ operation: name }, count]) });
  f.counter({ name: 'magpie_request_errors_total', help: 'Requests answered with an error, by operation and code.', labels: ['operation', 'code'], read: () => all().flatMap(({ name, errors }) => Object.entries(errors).map(([code, count]): Sample => [{ operation: name, code }, count])) });
  f.histogram({ name: 'magpie_request_seconds', help: 'Time to the answer, of one request in seven.', read: () => all().map(({ name, latency }) => [{ operation: name }, latency] as const) });
  f.counter({ name: 'magpie_http_responses_total', help: 'HTTP answers by route and status.', labels: ['route', 'status'], read: () => [...meter.http].map(([key, count]): Sample => [{ status: key.slice(0, 3), route: key.slice(4) }, count]) });
  f.counter({ name: 'magpie_connections_closed_total', help: 'Connections that the server closed, by why; SLOW_CONSUMER did not read.', labels: ['reason'], read: () => Object.entries(meter.closes).map(([reason, count]): Sample => [{ reason }, count]) });
  f.counter({ name: 'magpie_connections_refused_total', help: 'Connections that were not taken: draining, too many, or under pressure.', read: () => one(gateway.refused) });
  f.counter({ name: 'magpie_frames_sent_total', help: 'Frames handed to connections.', read: () => one(gateway.frames) });
  f.counter({ name: 'magpie_events_sent_total', help: 'Events in those frames.', read: () => one(gateway.events) });
  f.histogram({ name: 'magpie_before_hook_seconds', help: 'How long apps’ back ends took over what they are asked before it is done.', read: () => [[{}, meter.before]] });
  f.counter({ name: 'magpie_before_hook_failures_total', help: 'Times an app’s back end gave no answer.', read: () => one(meter.beforeFailed) });
} // prettier-ignore

function queueFamilies(f: Families, { meter, gateway }: MetricsDeps, read: Read): void {
  const queues = () => read()?.status?.queues;
  f.gauge({ name: 'magpie_requests_in_progress', help: 'Requests being worked on.', read: () => one(gateway.requests) });
  f.gauge({ name: 'magpie_outbound_bytes', help: 'Bytes handed to sockets and not gone.', read: () => one(gateway.outbound) });
  f.gauge({ name: 'magpie_append_queue', help: 'Units waiting for the writer.', read: () => one(queues()?.append) });
  f.histogram({ name: 'magpie_commit_seconds', help: 'Time of one commit, from its being handed to the writer until it is on the disk.', read: () => [[{}, meter.commits]] });
  f.histogram({ name: 'magpie_commit_units', help: 'Units in one commit.', read: () => [[{}, meter.batches]] });
  f.gauge({ name: 'magpie_webhooks_waiting', help: 'Webhook events waiting; of the whole store, so every node says the same.', read: () => one(queues()?.webhooks.waiting) });
  f.gauge({ name: 'magpie_webhooks_parked', help: 'Webhook events given up on until somebody has them sent again; of the whole store.', read: () => one(queues()?.webhooks.parked) });
  f.gauge({ name: 'magpie_webhooks_behind_seconds', help: 'For how long the lane furthest behind fails or waits; of the whole store.', read: () => one(read()?.behind) });
  f.gauge({ name: 'magpie_timers', help: 'Timers that are set; of the whole store.', read: () => one(queues()?.timers) });
} // prettier-ignore

function roomFamilies(f: Families, read: Read): void {
  const rooms = () => read()?.status?.rooms;
  f.gauge({ name: 'magpie_rooms', help: 'Rooms with somebody in them.', read: () => one(rooms()?.count) });
  f.gauge({ name: 'magpie_room_members', help: 'People in rooms.', read: () => one(rooms()?.members) });
  f.counter({ name: 'magpie_room_messages_total', help: 'Messages that went into rooms.', read: () => one(rooms()?.sent) });
  f.counter({ name: 'magpie_room_dropped_total', help: 'Room messages that were shed, by why and priority; congested: events not given to peers that were behind.', labels: ['reason', 'priority'], read: () => Object.entries(rooms()?.dropped ?? {}).map(([what, count]) => droppedSample(what, count)) });
} // prettier-ignore

function appFamilies(f: Families, { meter }: MetricsDeps, read: Read): void {
  // The first of these asks; the others tell the same.
  let rows: ReturnType<typeof meter.apps.read> = [];
  f.counter({ name: 'magpie_app_requests_total', help: 'Requests of an app; “other” is all apps without a name of their own here.', labels: ['app'], read: () => (rows = meter.apps.read()).map(({ app, requests }): Sample => [{ app }, requests]) });
  f.counter({ name: 'magpie_app_errors_total', help: 'Requests of an app answered with an error.', labels: ['app'], read: () => rows.map(({ app, errors }): Sample => [{ app }, errors]) });
  f.counter({ name: 'magpie_app_messages_total', help: 'Messages that an app’s users sent.', labels: ['app'], read: () => rows.map(({ app, messages }): Sample => [{ app }, messages]) });
  f.gauge({ name: 'magpie_app_sessions', help: 'Live sessions of an app on this node.', labels: ['app'], read: () => sessionSamples(meter, read()) });
} // prettier-ignore

function sessionSamples({ apps }: Meter, reading: Reading | undefined): readonly Sample[] {
  const counts = new Map([['other', 0]]);
  for (const [app, count] of reading?.sessionsOf ?? []) {
    const name = apps.isNamed(app) ? app : 'other';
    counts.set(name, (counts.get(name) ?? 0) + count);
  }
  return [...counts].map(([app, count]): Sample => [{ app }, count]);
}

/** `rate/low`, or a reason alone. */
function droppedSample(what: string, count: number): Sample {
  const [reason = '', priority = ''] = what.split('/', 2);
  return [{ reason, priority }, count];
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}
