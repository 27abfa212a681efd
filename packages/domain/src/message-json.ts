import { messageId } from '@magpie/protocol';
import type { MessageRow } from './ports/rows.ts';

/**
 * A stored entry as wire JSON, by joining text: the body was serialised once, when it was sent, and is never parsed to be
 * read. `body` is a JSON object's text with the keys a sender decides (content, extra, mentions, priority, …).
 */
export function messageJson(
  row: Pick<MessageRow, 'conv' | 'seq' | 'sender' | 'time' | 'clientId' | 'body'>,
  convKey: string,
): string {
  return (
    `{"id":"${messageId(row.conv, row.seq)}","conv":${JSON.stringify(convKey)},"seq":${row.seq},"from":${JSON.stringify(row.sender)}` +
    `,"time":${row.time},"clientId":${JSON.stringify(row.clientId)},${row.body.slice(1)}`
  );
}
