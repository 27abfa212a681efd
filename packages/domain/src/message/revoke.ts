import { MagpieError, parseMessageId, type EventPayload, type Message } from '@magpie/protocol';
import type { Sight } from '../conversation/resolve.ts';
import type { Ctx, Handler } from '../core/context.ts';
import { conflictsAs } from '../core/conflict.ts';
import { eventText } from '../delivery/delivery.ts';
import { deliverLog, logOp } from '../delivery/user-log.ts';
import type { Deps } from '../deps.ts';
import { GROUP_RULES } from '../group/rules.ts';
import { messageJson } from '../message-json.ts';
import type { MessageRow } from '../ports/rows.ts';
import { revokeUnstored, roleOver } from '../room/recall.ts';
import { parsePart } from './part.ts';

type RevokeRole = NonNullable<Message['revoked']>['role'];

/** `message.revoke`: the entry stays in its place; what it held goes, but for the text if the app keeps it. */
export function revokeHandler(deps: Deps): Handler<'message.revoke'> {
  return async (ctx, input) => {
    if (!parseMessageId(input.id)) return revokeUnstored(deps, ctx, input);
    const { sight, row } = await deps.conversations.message(ctx, input.id, 'id');
    if (row.revoked) throw new MagpieError('ALREADY_REVOKED', { field: 'id' });
    if (row.cls !== 'content')
      throw new MagpieError('FORBIDDEN', { field: 'id', message: 'Such an entry cannot be revoked.' });
    const role = await revokeRole(deps, ctx, sight, row);
    const at = deps.clock.now();
    const by = ctx.userId === '' ? row.sender : ctx.userId;
    const body = revokedBody(row, ctx.app.settings['recall.keepText'], { by, at, role, ...(input.reason === undefined ? {} : { reason: input.reason }) }); // prettier-ignore
    const message = JSON.parse(messageJson({ ...row, body }, sight.place.key)) as Message;
    const payload: EventPayload<'message.revoked'> = {
      message,
      by,
      counted: row.counts,
      ...(input.reason === undefined ? {} : { reason: input.reason }),
      ...(input.extra === undefined ? {} : { extra: input.extra }),
    };
    const [, change] = await deps.store
      .commit([
        { op: 'message.replace', conv: row.conv, seq: row.seq, type: 'revoked', body, revoked: true },
        {
          op: 'change',
          app: ctx.app.id,
          conv: row.conv,
          event: 'message.revoked',
          payload: JSON.stringify(payload),
          at,
        },
      ])
      .catch(conflictsAs({ stale: 'ALREADY_REVOKED', missing: 'MESSAGE_NOT_FOUND' }));
    const text = eventText('message.revoked', change.payload, sight.place.key, change.changeSeq);
    await deps.delivery.toConversation(sight.place, text);
    return { id: input.id, conv: sight.place.key, seq: row.seq, time: at };
  };
}

/** Sender within the window; owner anyone; admin ordinary members; the app anyone. */
async function revokeRole(deps: Deps, ctx: Ctx, sight: Sight, row: MessageRow): Promise<RevokeRole> {
  if (ctx.caller === 'admin') return 'app';
  if (sight.participant.state !== 'member') throw new MagpieError('NOT_MEMBER');
  if (sight.place.kind === 'group') {
    const mine = sight.participant.role;
    const group = await deps.conversations.group(ctx.app.id, sight.place.key);
    const rule = group && GROUP_RULES[group.kind].manage;
    if (mine === 'owner' && row.sender !== ctx.userId) return 'owner';
    if (mine === 'admin' && row.sender !== ctx.userId && rule !== 'owner') {
      const theirs = await deps.store.conversations.participant(sight.place.num, row.sender);
      if (!theirs || theirs.role === 'member') return 'admin';
    }
  }
  const over = sight.place.kind === 'room' ? await roleOver(deps, ctx, deps.rooms.at(sight.place.num), row.sender) : undefined; // prettier-ignore
  if (over) return over;
  if (row.sender !== ctx.userId) throw new MagpieError('FORBIDDEN', { field: 'id', message: 'Only the sender may revoke this message.' }); // prettier-ignore
  const window = ctx.app.settings['recall.window'];
  if (deps.clock.now() - row.time > window)
    throw new MagpieError('REVOKE_TOO_LATE', { field: 'id', detail: { window } });
  return 'sender';
}

function revokedBody(row: MessageRow, keepText: boolean, revoked: Message['revoked']): string {
  const part = parsePart(row.body);
  const { content } = part;
  const text = content.type === 'text' ? content.text : content.type === 'custom' ? content.data : undefined;
  return JSON.stringify({
    content: {
      type: 'revoked',
      original: { type: content.type, ...(keepText && text !== undefined ? { text } : {}) },
    },
    priority: part.priority,
    counts: part.counts,
    notLast: part.notLast,
    audience: part.audience,
    revoked,
  });
}

/** `message.delete`: for the caller alone, on all their devices. */
export function deleteHandler(deps: Deps): Handler<'message.delete'> {
  return async (ctx, input) => {
    const sight = await deps.conversations.require(ctx, input.ref);
    const at = deps.clock.now();
    const { num, key } = sight.place;
    if (input.upTo !== undefined) {
      const upTo = Math.min(input.upTo, sight.conversation.lastSeq);
      const log = logOp(ctx.app.id, ctx.userId, 'message.deleted', { conv: key, upTo }, at, key);
      const [, logged] = await deps.store.commit([{ op: 'participant.put', conv: num, app: ctx.app.id, user: ctx.userId, set: { clearedSeq: upTo }, at }, log]); // prettier-ignore
      deliverLog(deps, log, logged.userSeq);
    }
    if (input.ids === undefined) {
      if (input.upTo === undefined)
        throw new MagpieError('BAD_REQUEST', { field: 'ids', message: 'Name ids, or upTo.' });
      return {};
    }
    const seqs: number[] = [];
    for (const [index, id] of input.ids.entries()) {
      const { row } = await deps.conversations.message(ctx, id, `ids.${index}`);
      if (row.conv !== num) throw new MagpieError('MESSAGE_NOT_FOUND', { field: `ids.${index}` });
      seqs.push(row.seq);
    }
    const log = logOp(
      ctx.app.id,
      ctx.userId,
      'message.deleted',
      { conv: key, ids: input.ids, seqs },
      at,
      key,
    );
    const [, logged] = await deps.store.commit([
      { op: 'deleted.add', conv: num, user: ctx.userId, seqs, at },
      log,
    ]);
    deliverLog(deps, log, logged.userSeq);
    return {};
  };
}
