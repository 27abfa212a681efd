import type { Client, ClientEvents } from '@magpie/client';
import { ONLINE_STATE, statusCode } from './constants.ts';
import type { Context } from './context.ts';
import { emitBodies } from './emitter.ts';
import { ErrorEvent, toErrorEvent } from './errors.ts';
import { groupEvents, toPresence } from './map/group-event.ts';
import { fold, fromRef } from './map/ids.ts';
import { channelBody, deliveryBody, readBody } from './map/receipt.ts';
import type { ContentBody } from './types/message.ts';

type KickReason = ClientEvents['kicked']['reason'];

/** Why a session ended, as `onDisconnected` and `onError` tell it. */
export const KICKED: Readonly<Record<KickReason, { readonly type: number; readonly message: string }>> = {
  replaced: {
    type: statusCode.WEBIM_CONNCTION_USER_LOGIN_ANOTHER_DEVICE,
    message: 'the user logged in on another device',
  },
  replacedElsewhere: { type: statusCode.WEBIM_CONNCTION_USER_LOGIN_ANOTHER_DEVICE, message: 'the user logged in on another device' }, // prettier-ignore
  overLimit: { type: statusCode.USER_LOGIN_TOO_MANY_DEVICES, message: 'too many devices are logged in' },
  byAdmin: { type: statusCode.WEBIM_CONNCTION_USER_KICKED_BY_OTHER_DEVICE, message: 'the user was logged out by an administrator' }, // prettier-ignore
  banned: {
    type: statusCode.WEBIM_CONNCTION_USER_KICKED_BY_OTHER_DEVICE,
    message: 'the user may not log in any more',
  },
  passwordChanged: {
    type: statusCode.WEBIM_CONNCTION_USER_KICKED_BY_CHANGE_PASSWORD,
    message: 'the password was changed',
  },
  accountDeleted: { type: statusCode.WEBIM_CONNCTION_USER_REMOVED, message: 'the user was deleted' },
  expired: { type: statusCode.WEBIM_TOKEN_EXPIRED, message: 'the token has expired' },
  appDeleted: { type: statusCode.WEBIM_SERVER_SERVING_DISABLED, message: 'the app was deleted' },
};

/** The one table: what each event of the client becomes. Those without a counterpart say so. */
const TABLE: {
  readonly [E in keyof ClientEvents]: ((context: Context, data: ClientEvents[E]) => void) | 'not told';
} = {
  state: onState,
  syncing: ({ emitter }, { first }) => void (first && emitter.emit('onOfflineMessageSyncStart')),
  ready: ({ emitter }, { first }) => void (first && emitter.emit('onOfflineMessageSyncFinish')),
  kicked: onKicked,
  tokenExpiring: ({ emitter }) => emitter.emit('onTokenWillExpire'),
  tokenExpired: ({ emitter }) => emitter.emit('onTokenExpired'),
  messages: onMessages,
  revoked: onRevoked,
  deleted: onDeleted,
  receipt: onReceipt,
  delivered: onDelivered,
  outgoing: 'not told',
  conversations: onConversations,
  unread: 'not told',
  group: onGroup,
  profile: 'not told',
  blocked: 'not told',
  room: 'not told',
  roomMembers: 'not told',
  roomOut: 'not told',
  presence: 'not told',
  error: ({ emitter }, { error }) => emitter.emit('onError', toErrorEvent(error)),
};

/** Starts telling a client's events; returns the stop. */
export function bindEvents(context: Context, client: Client): () => void {
  const bind = <E extends keyof ClientEvents>(event: E): (() => void) | undefined => {
    const tell = TABLE[event];
    return tell === 'not told' ? undefined : client.on(event, (data) => tell(context, data));
  };
  const stops = (Object.keys(TABLE) as (keyof ClientEvents)[]).map((event) => bind(event));
  return () => stops.forEach((stop) => stop?.());
}

function onState(context: Context, { state, previous, error }: ClientEvents['state']): void {
  const { emitter, link, fields } = context;
  if (state === 'online') {
    link.announced = false;
    fields.autoReconnectNumTotal = 0;
    emitter.emit('onConnected');
    emitter.emit('onOpened');
    return;
  }
  if (state === 'idle') {
    // `open` tells its own failure, a kick its reason; what is left is a logout.
    if (!link.opening) queueMicrotask(() => announce(context));
    return;
  }
  if (link.opening) return;
  if (previous === 'online') {
    announce(context);
    const message = error?.message ?? 'the connection was lost';
    emitter.emit('onError', new ErrorEvent({ type: statusCode.WEBIM_CONNCTION_DISCONNECTED, message }));
  }
  if (state === 'connecting') onAttempt(context);
}

/** The vendor counts attempts where an app can see them, and gives up at the number the app chose. */
function onAttempt({ emitter, fields, client, link, autoReconnectNumMax }: Context): void {
  if (fields.autoReconnectNumTotal >= (autoReconnectNumMax ?? Infinity)) {
    const message = 'gave up reconnecting: autoReconnectNumMax is reached';
    link.reason = new ErrorEvent({ type: statusCode.WEBIM_CONNCTION_DISCONNECTED, message });
    link.announced = false;
    void client.session.close().catch(() => undefined);
    return;
  }
  fields.autoReconnectNumTotal += 1;
  emitter.emit('onReconnecting');
}

/** Tells once per lost connection that it is gone. */
export function announce({ emitter, link }: Context, reason: ErrorEvent | undefined = link.reason): void {
  link.reason = undefined;
  if (link.announced) return;
  link.announced = true;
  if (reason) emitter.emit('onDisconnected', reason);
  else emitter.emit('onDisconnected');
  emitter.emit('onClosed');
}

function onKicked(context: Context, { reason, by }: ClientEvents['kicked']): void {
  const ext = by?.customInfo;
  const event = new ErrorEvent({
    ...KICKED[reason],
    data: ext === undefined ? {} : { loginInfoCustomExt: ext },
  });
  context.link.announced = false;
  announce(context, event);
  context.emitter.emit('onError', event);
}

function onMessages(context: Context, { messages, backlog }: ClientEvents['messages']): void {
  const onlineState = backlog ? ONLINE_STATE.OFFLINE : ONLINE_STATE.ONLINE;
  const bodies = messages
    .map((message) => context.body(message, { onlineState }))
    .filter((body): body is ContentBody => body !== undefined);
  emitBodies(context.emitter, bodies);
}

function onRevoked(context: Context, { message, by, extra }: ClientEvents['revoked']): void {
  const place = fromRef(message.ref);
  if (!place || context.acts.take(`revoke ${message.id}`)) return;
  const from = fold(by);
  context.emitter.emit('onRecallMessage', {
    id: message.id,
    mid: message.id,
    from,
    to: place.chatType === 'singleChat' && from !== context.me ? context.me : place.id,
    ext: extra ?? '',
    chatType: place.chatType,
    onlineState: ONLINE_STATE.ONLINE,
  });
}

function onDeleted(context: Context, { ref, here }: ClientEvents['deleted']): void {
  const place = fromRef(ref);
  if (here || !place || place.chatType === 'chatRoom') return;
  const event = {
    operation: 'deleteRoaming',
    conversationId: place.id,
    chatType: place.chatType,
    resource: '',
  };
  context.emitter.emit('onMultiDeviceEvent', event);
}

function onReceipt(context: Context, event: ClientEvents['receipt']): void {
  const place = fromRef(event.ref);
  if (!place) return;
  const { emitter, me } = context;
  if (event.upTo !== undefined && !context.acts.take(`read ${event.ref}`)) {
    emitter.emit('onChannelMessage', channelBody(event, place, me));
  }
  if (event.mine) return;
  void tellReceipts(context, event, place);
}

/** A receipt is told to the sender of the message alone; what this device does not hold is asked for. */
async function tellReceipts(
  context: Context,
  event: ClientEvents['receipt'],
  place: NonNullable<ReturnType<typeof fromRef>>,
) {
  const { emitter, me, client } = context;
  const live = client.session.ready;
  const held = new Map(event.receipts.map(({ id }) => [id, client.messages.peek(id)]));
  const unknown = [...held].filter(([, message]) => message === undefined).map(([id]) => id);
  const found = unknown.length === 0 ? [] : await client.messages.get(unknown).catch(() => []);
  for (const message of found) held.set(message.id, message);
  const receipts = event.receipts.filter(({ id }) => held.get(id)?.mine === true);
  if (live || place.chatType !== 'groupChat') {
    for (const receipt of receipts) emitter.emit('onReadMessage', readBody(event, receipt, place, me));
  } else if (receipts.length > 0) {
    // Reported while this user was away: the vendor gathers those in one statistics message.
    const group_ack = receipts.map(({ id, read }) => ({
      msg_id: id,
      group_id: place.id,
      read_count: read,
      ack_from: event.by,
    }));
    emitter.emit('onStatisticMessage', { location: JSON.stringify({ group_ack }) });
  }
}

function onDelivered(context: Context, event: ClientEvents['delivered']): void {
  for (const id of context.sent.delivered(event.ref, event.upTo)) {
    context.emitter.emit('onDeliveredMessage', deliveryBody(event, id, context.me));
  }
}

/** What another device of mine did to the list: the pin of a row, or the row itself. */
function onConversations(
  context: Context,
  { changed, removed, reason }: ClientEvents['conversations'],
): void {
  const { emitter, pins, acts, client } = context;
  const tell = (ref: string, operation: string): void => {
    const place = fromRef(ref);
    if (!place || place.chatType === 'chatRoom' || acts.take(`${operation} ${ref}`)) return;
    emitter.emit('onMultiDeviceEvent', {
      operation,
      conversationId: place.id,
      conversationType: place.chatType,
      timestamp: client.session.now(),
    });
  };
  for (const { ref, pinnedAt } of changed) {
    const pinned = pinnedAt !== undefined;
    if (reason.has('pinned') && pins.has(ref) !== pinned)
      tell(ref, pinned ? 'pinnedConversation' : 'unpinnedConversation');
    if (pinned) pins.add(ref);
    else pins.delete(ref);
  }
  for (const ref of removed) {
    pins.delete(ref);
    if (reason.has('deleted')) tell(ref, 'deleteConversation');
  }
}

function onGroup(context: Context, event: ClientEvents['group']): void {
  const { change, group, actor } = event;
  const own = fold(actor) === context.me;
  // An echo of what this device did; of a creation the id may not be known yet.
  if (own && (context.acts.take(`group ${change} ${group.id}`) || context.acts.take(`group ${change}`)))
    return;
  for (const told of groupEvents(event, context.me)) {
    context.emitter.emit('onGroupEvent', told);
    const presence = toPresence(told, context.me);
    if (!presence) continue;
    context.emitter.emit('onGroupChange', presence);
    context.emitter.emit('onPresence', presence);
  }
}
