import type { Core } from '../core/core.ts';
import type { ClientMessage, MessageApi } from '../types.ts';

export function messageApi(core: Core): MessageApi {
  return {
    async send(draft, options = {}) {
      const { clientId = core.clientId(core.options.dialect), media, ...input } = draft;
      core.assertLogin();
      return core.outbox.send({ ...input, clientId }, media, options);
    },
    resend: (clientId, options = {}) => core.outbox.resend(clientId, options),
    discard: (clientId) => core.outbox.discard(clientId),
    outgoing: (ref) => core.outbox.outgoing(ref).filter(({ status }) => status !== 'sent'),
    async list(options) {
      const { covered: _, ...page } = await core.windows.page({
        ...options,
        direction: options.direction ?? 'older',
      });
      return page;
    },
    async get(ids) {
      const { messages, people } = await core.request('message.get', { ids: [...ids] });
      for (const { conv } of messages) core.store.people.merge(people, conv);
      return messages.map((message) => core.windows.known(message));
    },
    peek: (id) => core.peek(id),
    async revoke(id, options = {}) {
      const { conv, time } = await core.request('message.revoke', { id, ...options });
      const held = core.store.entries.byId(id) ?? core.rooms.find(id);
      if (held?.revoked) return held;
      if (id.startsWith('0')) return revokedUnstored(core, { id, conv, at: time, ...options });
      // The event may still be on its way; the message as it is now is what the caller wants.
      const { messages } = await core.request('message.get', { ids: [id] });
      const [message] = messages;
      return message ? core.windows.known(message) : core.gone(id);
    },
    async delete(ref, what) {
      const ids = 'ids' in what ? [...what.ids] : [];
      const upTo = 'upTo' in what ? what.upTo : undefined;
      core.userLog.expectDeletion(core.keyOf(ref), ids, upTo);
      await core.request('message.delete', { ref, ...(upTo === undefined ? { ids } : { upTo }) });
    },
    window: (ref, { limit = 30, seq } = {}) => core.windows.open(ref, limit, seq),
    clientId: (prefix) => core.clientId(prefix),
  };
}

/** This user took back a message that is in no log: its event may be on its way still. */
function revokedUnstored(
  core: Core,
  fact: {
    readonly id: string;
    readonly conv: string;
    readonly at: number;
    readonly reason?: string;
    readonly extra?: string;
  },
): ClientMessage {
  const by = core.me();
  const from = core.rooms.find(fact.id)?.from ?? by;
  const place = core.rooms.current(fact.conv.slice(2))?.me;
  const role = from === by ? 'sender' : place?.role === 'owner' ? 'owner' : 'admin';
  return core.turn.run(() => core.rooms.revoked({ ...fact, from, by, role }));
}
