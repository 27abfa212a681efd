import { LIMITS, MagpieError, messageId, type EventPayload } from '@magpie/protocol';
import type { Sight } from '../conversation/resolve.ts';
import { peerOf } from '../conversation/snapshot.ts';
import type { Ctx, HandlersOf } from '../core/context.ts';
import { eventText } from '../delivery/delivery.ts';
import type { Deps } from '../deps.ts';
import type { MessageRow } from '../ports/rows.ts';

type Count = NonNullable<EventPayload<'receipt.changed'>['receipts']>[number];

export function receiptHandlers(deps: Deps): HandlersOf<'receipt'> {
  const { store, clock } = deps;

  return {
    'receipt.send': async (ctx, input) => {
      const sight = await deps.conversations.require(ctx, input.ref);
      if (sight.participant.state !== 'member') throw new MagpieError('NOT_MEMBER', { field: 'ref' });
      const rows = await readable(deps, ctx, sight, input.ids, input.unasked === true);
      const fromOthers = rows.filter((row) => row.sender !== ctx.userId);
      if (fromOthers.length === 0) return {};
      const at = clock.now();
      const seqs = fromOthers.map((row) => row.seq);
      const [result] = await store.commit([
        {
          op: 'receipt.add',
          conv: sight.place.num,
          user: ctx.userId,
          seqs,
          content: input.content ?? null,
          at,
        },
      ]);
      if (result.added.length === 0) return {};
      const receipts = await counts(deps, sight, fromOthers.filter((row) => result.added.includes(row.seq))); // prettier-ignore
      const payload: EventPayload<'receipt.changed'> = { by: ctx.userId, at, receipts, ...(input.content === undefined ? {} : { content: input.content }) }; // prettier-ignore
      const [change] = await store.commit([{ op: 'change', app: ctx.app.id, conv: sight.place.num, event: 'receipt.changed', payload: JSON.stringify(payload), at }]); // prettier-ignore
      await deps.delivery.toConversation(
        sight.place,
        eventText('receipt.changed', change.payload, sight.place.key, change.changeSeq),
      );
      return {};
    },

    'receipt.list': async (ctx, input) => {
      const receipts: Count[] = [];
      for (const [index, id] of input.ids.entries()) {
        const { sight, row } = await deps.conversations.message(ctx, id, `ids.${index}`);
        if (!takesReceipts(sight, row)) throw new MagpieError('RECEIPT_NOT_ASKED', { field: `ids.${index}` });
        receipts.push(...(await counts(deps, sight, [row])));
      }
      return { receipts };
    },

    'receipt.readers': async (ctx, input) => {
      const { sight, row } = await deps.conversations.message(ctx, input.id, 'id');
      if (!takesReceipts(sight, row)) throw new MagpieError('RECEIPT_NOT_ASKED', { field: 'id' });
      if (input.read) {
        const rows = await store.receipts.readers(row.conv, row.seq, { limit: input.limit + 1, ...(input.cursor === undefined ? {} : { afterUser: input.cursor }) }); // prettier-ignore
        const page = rows.slice(0, input.limit);
        const next = rows.length > page.length ? page.at(-1)?.user : undefined;
        return { users: page.map(({ user, at, content }) => ({ id: user, at, ...(content === null ? {} : { content }) })), ...(next === undefined ? {} : { next }) }; // prettier-ignore
      }
      const expected = await expectedReaders(deps, sight, row);
      const read = new Set((await store.receipts.readers(row.conv, row.seq, { limit: LIMITS.app['receipts.groupMax'] })).map(({ user }) => user)); // prettier-ignore
      const unread = expected.filter(
        (user) => !read.has(user) && (input.cursor === undefined || user > input.cursor),
      );
      const page = unread.slice(0, input.limit);
      const next = unread.length > page.length ? page.at(-1) : undefined;
      return { users: page.map((id) => ({ id })), ...(next === undefined ? {} : { next }) };
    },

    'receipt.deliver': async (ctx, input) => {
      const sight = await deps.conversations.require(ctx, input.ref);
      if (sight.place.kind !== 'direct') return {};
      const peer = peerOf(sight.place.key, ctx.userId);
      const wanted = deps.sessions.everywhere(ctx.app.id, peer).some((session) => session.wantsDelivered);
      const hooked = deps.hooks.events(ctx.app.id, 'receipt.delivered') !== undefined;
      if (peer === ctx.userId || (!wanted && !hooked)) return {};
      const text = eventText('receipt.delivered', JSON.stringify({ by: ctx.userId, upTo: Math.min(input.upTo, sight.hi), at: clock.now() }), sight.place.key); // prettier-ignore
      deps.delivery.toUser(ctx.app.id, peer, text, 'wantDelivered');
      if (hooked) deps.hooks.emit(ctx.app.id, 'receipt.delivered', sight.place.key, `${text.slice(0, -1)},"u":${JSON.stringify(peer)}}`); // prettier-ignore
      return {};
    },
  };
}

/** In rooms nobody keeps count. */
function takesReceipts({ place }: Sight, row: MessageRow): boolean {
  return place.kind === 'direct' || (row.receipt && place.kind !== 'room');
}

/** Rows for these ids in this conversation; RECEIPT_NOT_ASKED names the first that takes none. */
async function readable(
  deps: Deps,
  ctx: Ctx,
  sight: Sight,
  ids: readonly string[],
  unasked: boolean,
): Promise<MessageRow[]> {
  const group = await deps.conversations.group(ctx.app.id, sight.place.key);
  const max = ctx.app.settings['limits.receipts.groupMax'];
  if (group && group.memberCount > max) throw new MagpieError('QUOTA_EXCEEDED', { message: `Receipts are kept in groups of up to ${max} members.` }); // prettier-ignore
  const rows: MessageRow[] = [];
  for (const [index, id] of [...new Set(ids)].entries()) {
    const { row } = await deps.conversations.message(ctx, id, `ids.${index}`);
    if (row.conv !== sight.place.num) throw new MagpieError('MESSAGE_NOT_FOUND', { field: `ids.${index}` });
    if (!row.receipt && !(unasked && sight.place.kind === 'direct'))
      throw new MagpieError('RECEIPT_NOT_ASKED', { field: `ids.${index}` });
    rows.push(row);
  }
  return rows;
}

async function counts(deps: Deps, sight: Sight, rows: readonly MessageRow[]): Promise<Count[]> {
  const read = new Map((await deps.store.receipts.counts(sight.place.num, rows.map((row) => row.seq))).map((row) => [row.seq, row.read])); // prettier-ignore
  return Promise.all(
    rows.map(async (row) => {
      const done = read.get(row.seq) ?? 0;
      const expected = (await expectedReaders(deps, sight, row)).length;
      return { id: messageId(row.conv, row.seq), read: done, unread: Math.max(0, expected - done) };
    }),
  );
}

/** Those who were members when it was sent (or its audience), without the sender; sorted. */
async function expectedReaders(deps: Deps, sight: Sight, row: MessageRow): Promise<readonly string[]> {
  if (sight.place.kind === 'direct')
    return [peerOf(sight.place.key, row.sender)].filter((user) => user !== row.sender);
  const members = await deps.delivery.memberIds(sight.place.num);
  const rows = await deps.store.conversations.participants(sight.place.num, members);
  return rows
    .filter(
      (p) =>
        p.user !== row.sender &&
        p.joinedAt <= row.time &&
        (row.audience === null || row.audience.includes(p.user)),
    )
    .map((p) => p.user)
    .sort();
}
