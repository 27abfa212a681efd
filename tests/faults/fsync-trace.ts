/** How a traced server treated one message. */
export type Verdict = 'synced' | 'acknowledged before the sync' | 'never written' | 'never acknowledged';

/**
 * Reads a system-call trace (`strace -f -y`): the last write that holds the probe's text and goes to a file, then a sync of that
 * file, then the write to a socket that holds the message's id. A call counts from where it ended.
 */
export function fsyncVerdicts(trace: string, messages: readonly { readonly probe: string; readonly id: string }[]): Verdict[] {
  const calls = completed(trace);
  return messages.map(({ probe, id }) => {
    const ack = calls.findIndex((call) => call.kind === 'write' && call.socket && call.text.includes(`"ok":{"id":"${id}"`) || call.kind === 'write' && call.socket && call.text.includes(`\\"ok\\":{\\"id\\":\\"${id}\\"`));
    const written = calls.findLastIndex((call, index) => call.kind === 'write' && !call.socket && call.text.includes(probe) && (ack < 0 || index < ack));
    if (written < 0) return 'never written';
    if (ack < 0) return 'never acknowledged';
    const { file } = calls[written]!;
    const synced = calls.findIndex((call, index) => index > written && index < ack && call.kind === 'sync' && call.file === file);
    return synced < 0 ? 'acknowledged before the sync' : 'synced';
  });
} // prettier-ignore

interface Call {
  readonly kind: 'write' | 'sync';
  readonly file: string;
  readonly socket: boolean;
  readonly text: string;
}

/** Calls in the order they returned; a call interrupted in the listing is joined with its end. */
function completed(trace: string): Call[] {
  const open = new Map<string, string>();
  const calls: Call[] = [];
  for (const line of trace.split('\n')) {
    const match = /^(\d+)\s+(.*)$/.exec(line);
    if (!match) continue;
    const [, pid = '', rest = ''] = match;
    if (rest.endsWith('<unfinished ...>')) {
      open.set(pid, rest.slice(0, -'<unfinished ...>'.length));
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
    const whole = resumed ? (open.get(pid) ?? '') + resumed[1] : rest;
    if (resumed) open.delete(pid);
    const call = /^(\w+)\((\d+)<([^>]*)>/.exec(whole);
    if (!call || / = -1 /.test(whole)) continue;
    const [, name = '', , file = ''] = call;
    calls.push({
      kind: name.includes('sync') ? 'sync' : 'write',
      file,
      socket: /^(TCP|socket)/.test(file),
      text: whole,
    });
  }
  return calls;
}
