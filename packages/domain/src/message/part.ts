import type { Message } from '@magpie/protocol';

/** The sender's part of a stored message. */
export type MessagePart = Omit<Message, 'id' | 'conv' | 'seq' | 'from' | 'time' | 'clientId'>;

export function parsePart(body: string): MessagePart {
  return JSON.parse(body) as MessagePart;
}
