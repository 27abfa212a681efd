import type { EventName, EventPayload } from '@magpie/protocol';
import type { Deps } from '../deps.ts';
import type { WriteOp } from '../ports/writes.ts';
import { eventText } from './delivery.ts';

type LogOp = Extract<WriteOp, { op: 'log' }>;

/** An entry for a user's log, to be put into a unit beside what it tells of. */
export function logOp<N extends EventName>(
  app: string,
  user: string,
  event: N,
  payload: EventPayload<N>,
  at: number,
  convKey: string | null = null,
): LogOp {
  return { op: 'log', app, user, event, convKey, payload: JSON.stringify(payload), at };
}

/** Sends a committed log entry to the user's sessions. */
export function deliverLog(deps: Pick<Deps, 'delivery'>, op: LogOp, userSeq: number): void {
  deps.delivery.toUser(op.app, op.user, eventText(op.event, op.payload, op.convKey ?? undefined, userSeq));
}

/** One entry alone: commit, then deliver. */
export async function appendLog<N extends EventName>(
  deps: Pick<Deps, 'delivery' | 'store' | 'clock'>,
  app: string,
  user: string,
  event: N,
  payload: EventPayload<N>,
  convKey: string | null = null,
): Promise<void> {
  const op = logOp(app, user, event, payload, deps.clock.now(), convKey);
  const [result] = await deps.store.commit([op]);
  deliverLog(deps, op, result.userSeq);
}
