/** What one client was told and saw, for judging promises 1–5 afterwards. */
export interface SendRecord {
  readonly conv: string;
  readonly text: string;
  readonly from: string;
  /** The server's acknowledgement, if one came. */
  acked: { readonly id: string; readonly seq: number } | undefined;
}

export interface Received {
  readonly conv: string;
  readonly seq: number;
  readonly text: string;
}

export interface LogEntry {
  readonly seq: number;
  readonly id: string;
  readonly from: string;
  readonly time: number;
  readonly text: string;
  readonly counts: boolean;
}

export interface History {
  readonly sends: readonly SendRecord[];
  /** The stored log of each conversation, ascending. */
  readonly logs: ReadonlyMap<string, readonly LogEntry[]>;
  /** By client name: the user, and what arrived in order of arrival. */
  readonly clients: ReadonlyMap<
    string,
    { readonly user: string; readonly convs: readonly string[]; readonly received: readonly Received[] }
  >;
  /** Unread as the server says, of users who never read. */
  readonly unread: readonly { readonly user: string; readonly conv: string; readonly unread: number }[];
}

/** Every way in which a history breaks promises 1–5; empty is good. */
export function violations(history: History): string[] {
  return [
    ...acknowledged(history),
    ...ordered(history),
    ...once(history),
    ...missed(history),
    ...unreadRight(history),
  ];
}

function* acknowledged({ sends, logs }: History): Iterable<string> {
  for (const { conv, text, acked } of sends) {
    if (!acked) continue;
    const entry = logs.get(conv)?.[acked.seq - 1];
    if (entry?.text !== text || entry.id !== acked.id)
      yield `lost: ${conv} ${acked.seq} was acknowledged as ${text}, the log has ${entry?.text}`;
  }
}

function* ordered({ logs }: History): Iterable<string> {
  for (const [conv, log] of logs) {
    for (const [index, entry] of log.entries()) {
      if (entry.seq !== index + 1) yield `gap: ${conv} has seq ${entry.seq} at place ${index + 1}`;
      if (index > 0 && entry.time < log[index - 1]!.time) yield `time goes back: ${conv} ${entry.seq}`;
    }
  }
}

function* once({ sends, logs }: History): Iterable<string> {
  const seen = new Map<string, number>();
  for (const log of logs.values()) for (const { text } of log) seen.set(text, (seen.get(text) ?? 0) + 1);
  for (const [text, times] of seen) if (times > 1) yield `doubled: ${text} stands ${times} times`;
  const sent = new Set(sends.map(({ text }) => text));
  for (const text of seen.keys()) if (!sent.has(text)) yield `out of nowhere: ${text}`;
}

function* missed({ logs, clients }: History): Iterable<string> {
  for (const [name, { user, convs, received }] of clients) {
    for (const conv of convs) {
      const mine = received.filter((message) => message.conv === conv);
      const expected = (logs.get(conv) ?? []).filter(({ from }) => from !== user);
      const got = mine.map(({ seq }) => seq);
      for (const [index, seq] of got.entries()) {
        if (index > 0 && seq <= got[index - 1]!) yield `${name} got ${conv} ${seq} after ${got[index - 1]}`;
      }
      const set = new Set(got);
      if (set.size !== got.length) yield `${name} got something twice in ${conv}`;
      for (const { seq, text } of expected) if (!set.has(seq)) yield `${name} missed ${conv} ${seq} ${text}`;
      const texts = new Map(expected.map(({ seq, text }) => [seq, text]));
      for (const { seq, text } of mine)
        if (texts.get(seq) !== text)
          yield `${name} got ${conv} ${seq} as ${text}, the log has ${texts.get(seq)}`;
    }
  }
}

function* unreadRight({ logs, unread }: History): Iterable<string> {
  for (const { user, conv, unread: said } of unread) {
    const real = (logs.get(conv) ?? []).filter(({ from, counts }) => from !== user && counts).length;
    if (said !== real) yield `unread of ${user} in ${conv} is ${said}, a recount says ${real}`;
  }
}
