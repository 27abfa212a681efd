import type { Ctx } from '@magpie/domain';
import type { MagpieError } from '@magpie/protocol';
import type { Logger } from 'pino';
import type { Tracing } from '../telemetry.ts';
import type { AppTally } from './apps.ts';
import type { Meter, OperationTally } from './meter.ts';

/** What the gateway and REST tell of requests. On the hot path: whatever is asked of each must cost next to nothing. */
export interface RequestWatch {
  operation(name: string): OperationTally;
  app(id: string): AppTally;
  /** ms from which a request is told of. */
  readonly tellFrom: number;
  /** A request took as long as that. */
  tell(what: Told, ms: number): void;
  failed(what: Told, error: MagpieError): void;
  /** Runs a request that is timed exactly, where somebody wants to see what happens in it. */
  readonly trace?: Tracing['trace'] | undefined;
}

export interface Told {
  readonly tally: OperationTally;
  readonly ctx: Ctx | undefined;
  /** The client's number of it within its session, or the id of an HTTP request. */
  readonly request: number | string;
}

export interface WatchOptions {
  readonly meter: Meter;
  readonly log: Logger;
  /** ms from which a request is slow; 0: none is. */
  readonly slow: number;
  readonly onRefused: (error: MagpieError) => void;
  readonly trace?: Tracing['trace'] | undefined;
}

export function createWatch({ meter, log, slow, onRefused, trace }: WatchOptions): RequestWatch {
  const verbose = log.isLevelEnabled('debug');
  const from = slow > 0 ? slow : Number.POSITIVE_INFINITY;
  return {
    operation: (name) => meter.operation(name),
    app: (id) => meter.apps.of(id),
    trace,
    tellFrom: verbose ? Number.NEGATIVE_INFINITY : from,
    tell: (what, ms) => {
      const line = { ...who(what), ms: Math.round(ms) };
      if (ms >= from) log.warn(line, 'slow request');
      else log.debug(line, 'request');
    },
    failed: (what, error) => {
      what.tally.failed(error.code);
      if (error.code === 'INTERNAL')
        log.error({ ...who(what), err: error.cause ?? error }, 'operation failed');
      else {
        onRefused(error);
        if (verbose) log.debug({ ...who(what), code: error.code, field: error.field }, 'request refused');
      }
    },
  };
}

/** Names of things and never what they hold. */
function who({ tally, ctx, request }: Told): Record<string, unknown> {
  return {
    operation: tally.name,
    request,
    ...(ctx === undefined ? {} : { app: ctx.app.id, caller: ctx.caller, user: ctx.userId }),
    ...(ctx?.session === undefined ? {} : { session: ctx.session.id }),
  };
}
