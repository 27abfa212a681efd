import type { EventName, Stream } from '@magpie/protocol';

/** Which stream each event belongs to; kept by hand so that schemas stay out of a bundle, and compared with the contract by a test. */
export const EVENT_STREAM: Readonly<Record<string, Stream | undefined>> &
  Readonly<Record<EventName, Stream>> = {
  'session.ended': 'transient',
  'sync.missed': 'transient',
  'user.updated': 'user',
  'contact.blockChanged': 'user',
  'conversation.updated': 'user',
  'message.created': 'messages',
  'message.hidden': 'messages',
  'message.transient': 'transient',
  'message.revoked': 'changes',
  'message.deleted': 'user',
  'message.purged': 'changes',
  'receipt.changed': 'changes',
  'receipt.delivered': 'transient',
  'group.changed': 'changes',
  'group.mine': 'user',
  'room.changed': 'transient',
  'room.membersChanged': 'transient',
  'room.out': 'transient',
  'room.revoked': 'transient',
  'presence.changed': 'transient',
};
