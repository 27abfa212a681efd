import type { Client, ClientEvents, ConnectionState } from '@magpie/client';
import type { KickReason } from '@magpie/protocol';
import { EVENT_V3 as EVENT, TYPES_V2 as TYPES } from './constants.ts';
import type { Context, EventData } from './context.ts';
import { allConversations } from './conversations.ts';
import { toTimError } from './errors.ts';
import { currentGroups } from './groups.ts';
import { bareId, conversationOfRef } from './map/ids.ts';
import { profileOf } from './map/profile.ts';
import { becomeReady, endLogin } from './session.ts';
import type { Message } from './types.ts';

const KICKED: Readonly<Record<KickReason, string>> = {
  replaced: TYPES.KICKED_OUT_MULT_ACCOUNT,
  replacedElsewhere: TYPES.KICKED_OUT_MULT_DEVICE,
  overLimit: TYPES.KICKED_OUT_MULT_ACCOUNT,
  byAdmin: TYPES.KICKED_OUT_REST_API,
  banned: TYPES.KICKED_OUT_REST_API,
  passwordChanged: TYPES.KICKED_OUT_REST_API,
  accountDeleted: TYPES.KICKED_OUT_REST_API,
  appDeleted: TYPES.KICKED_OUT_REST_API,
  expired: TYPES.KICKED_OUT_USERSIG_EXPIRED,
};

const NET: Readonly<Record<ConnectionState, string | undefined>> = {
  idle: undefined,
  connecting: TYPES.NET_STATE_CONNECTING,
  online: TYPES.NET_STATE_CONNECTED,
  waiting: TYPES.NET_STATE_DISCONNECTED,
};

/** Runs it again if it was wanted meanwhile: many changes, few reads of a list. */
function coalesced(work: () => Promise<void>): () => void {
  let running = false;
  let again = false;
  const run = async (): Promise<void> => {
    running = true;
    do {
      again = false;
      await work();
    } while (again);
    running = false;
  };
  return () => {
    again = true;
    if (!running) void run();
  };
}

function readByPeer(context: Context, { ref, upTo }: ClientEvents['receipt']): Message[] {
  const found: Message[] = [];
  for (const held of context.table.inConversation(conversationOfRef(ref) ?? '')) {
    const { object } = held;
    if (object.flow !== 'out' || object.isPeerRead || object.sequence <= 0 || object.sequence > (upTo ?? 0))
      continue;
    context.table.patch(held, { isPeerRead: true });
    found.push(object);
  }
  return found;
}

type Receipts = EventData['onMessageReadReceiptReceived'];

/** Receipts of my own messages; of the others' nobody here asked. */
async function receiptsOf(context: Context, client: Client, { ref, receipts, by }: ClientEvents['receipt']): Promise<Receipts> {
  const direct = ref.startsWith('u:');
  const missing = receipts.map(({ id }) => id).filter((id) => !context.table.byCoreId(id));
  context.table.adoptAll(missing.flatMap((id) => client.messages.peek(id) ?? []));
  const unknown = missing.filter((id) => !context.table.byCoreId(id));
  if (unknown.length > 0) context.table.adoptAll(await client.messages.get(unknown));
  return receipts.flatMap(({ id, read, unread }): Receipts => {
    const held = context.table.byCoreId(id);
    if (!held || held.object.flow !== 'out') return [];
    const messageID = held.object.ID;
    if (direct) {
      context.table.patch(held, { isPeerRead: true, readReceiptInfo: { isPeerRead: true } });
      return [{ messageID, userID: by, isPeerRead: true }];
    }
    context.table.patch(held, { readReceiptInfo: { readCount: read, unreadCount: unread } });
    return [{ messageID, groupID: bareId(ref), readCount: read, unreadCount: unread }];
  });
} // prettier-ignore

/** The one table from what the client tells to what the vendor's events say. */
function handlers(context: Context, client: Client): { [E in keyof ClientEvents]?: (data: ClientEvents[E]) => void } {
  const { table, state } = context;
  let net: string | undefined;
  const failed = (thrown: unknown): void => context.log('warn', 'an event could not be told', toTimError(thrown));
  const groups = coalesced(async () => {
    const list = await currentGroups(context);
    // Before SDK_READY the list is on its way already.
    if (list && state.ready) context.emit(EVENT.GROUP_LIST_UPDATED, list);
  });
  const blacklist = coalesced(async () => {
    const list = await client.contacts.blocked().catch(failed);
    if (list && state.user !== undefined) context.emit(EVENT.BLACKLIST_UPDATED, [...list]);
  });
  return {
    state: ({ state: connection }) => {
      const next = NET[connection];
      if (next !== undefined && next !== net) context.emit(EVENT.NET_STATE_CHANGE, { state: next });
      net = next;
    },
    ready: ({ first }) => {
      if (first) becomeReady(context).catch(failed);
    },
    kicked: ({ reason }) => {
      endLogin(context);
      context.emit(EVENT.KICKED_OUT, { type: KICKED[reason] });
    },
    messages: ({ ref, messages }) => {
      if (conversationOfRef(ref) === undefined) return;
      const received = table.adoptAll(messages);
      if (received.length > 0) context.emit(EVENT.MESSAGE_RECEIVED, received);
    },
    revoked: ({ message }) => {
      const object = table.adopt(message);
      // What this instance recalled itself is no news to it.
      if (!state.revoking.delete(message.id) && object) context.emit(EVENT.MESSAGE_REVOKED, [object]);
    },
    deleted: ({ ref, ids, upTo }) => {
      const gone = new Set(ids);
      for (const held of table.inConversation(conversationOfRef(ref) ?? '')) {
        const { core } = held;
        if (core && (gone.has(core.id) || (core.seq ?? Infinity) <= (upTo ?? 0))) table.patch(held, { isDeleted: true });
      }
    },
    receipt: (data) => {
      if (data.mine) return;
      const read = data.upTo !== undefined && data.ref.startsWith('u:') ? readByPeer(context, data) : [];
      if (read.length > 0) context.emit(EVENT.MESSAGE_READ_BY_PEER, read);
      if (data.receipts.length === 0) return;
      receiptsOf(context, client, data)
        .then((list) => list.length > 0 && context.emit(EVENT.MESSAGE_READ_RECEIPT_RECEIVED, list))
        .catch(failed);
    },
    conversations: () => void context.emit(EVENT.CONVERSATION_LIST_UPDATED, allConversations(context)),
    unread: ({ total }) => void context.emit(EVENT.TOTAL_UNREAD_MESSAGE_COUNT_UPDATED, total),
    group: groups,
    profile: ({ profile }) => void context.emit(EVENT.PROFILE_UPDATED, [profileOf(profile)]),
    blocked: blacklist,
    error: ({ error }) => {
      const { code, message } = toTimError(error);
      context.emit(EVENT.ERROR, { code, message });
    },
  };
} // prettier-ignore

/** Binds a client's events. What is told after the login ended (but for its end) is dropped. */
export function bindEvents(context: Context, client: Client): void {
  const table = handlers(context, client);
  const always = new Set<keyof ClientEvents>(['state', 'kicked']);
  const bind = <E extends keyof ClientEvents>(event: E): void => {
    const handler = table[event];
    if (handler)
      client.on(event, (data) => (context.state.user !== undefined || always.has(event)) && handler(data));
  };
  for (const event of Object.keys(table) as (keyof ClientEvents)[]) bind(event);
}
