import type { EventEnvelope, Message } from '@magpie/protocol';

type Params = Record<string, unknown>;

export interface FakeLog {
  readonly number: number;
  readonly entries: Message[];
  readonly changes: EventEnvelope[];
}

/** `message.list` of a log. */
export function pageOf({ entries, changes }: FakeLog, input: Params): unknown {
  const limit = input['limit'] as number;
  const older = input['direction'] === 'older';
  const from = (input['seq'] as number | undefined) ?? (older ? entries.length : 1);
  const since = input['time'] as number | undefined;
  const fit = entries.filter(
    (one) =>
      (older ? (one.seq ?? 0) <= from : (one.seq ?? 0) >= from) && (since === undefined || one.time >= since),
  );
  const page = older ? fit.slice(-limit) : fit.slice(0, limit);
  const covered = page.length > 0 ? { covered: [page[0]?.seq, page.at(-1)?.seq] } : {};
  return {
    entries: page,
    ...covered,
    more: fit.length > page.length,
    lastSeq: entries.length,
    changeSeq: changes.length,
    people: {},
  };
}

/** `message.changes` of a log. */
export function changesOf({ changes }: FakeLog, input: Params): unknown {
  const after = input['after'] as number;
  const events = changes.slice(after, after + (input['limit'] as number));
  return {
    events,
    changeSeq: changes.length,
    more: (events.at(-1)?.n ?? changes.length) < changes.length,
  };
}
