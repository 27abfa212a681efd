import { blobsOf, entryClassOf, keyOf, kindOf, MagpieError, messageId, unstoredMessageId, type Content, type SendInput, type SendOutput } from '@magpie/protocol'; // prettier-ignore
import type { Place } from '../conversation/resolve.ts';
import type { Ctx, Handler } from '../core/context.ts';
import { SEND_GUARDS, type SendAttempt } from '../core/guards.ts';
import { eventText } from '../delivery/delivery.ts';
import type { Deps } from '../deps.ts';
import { attachFiles } from '../file/attach.ts';
import { leaving } from '../file/sign.ts';
import { messageJson } from '../message-json.ts';
import { personOf } from '../user/accounts.ts';
import { bodyText, fingerprint } from './body.ts';
import { parsePart } from './part.ts';

/** `message.send`: guards → append → one event for all. The reply leaves after the commit, in the flush of the event. */
export function sendHandler(deps: Deps): Handler<'message.send'> {
  let unstored = 0;
  return async (ctx, input) => {
    if (ctx.userId === '') throw new MagpieError('BAD_REQUEST', { message: 'Name the user to send as.' });
    const place = deps.conversations.peek(ctx.app.id, keyOf(input.ref, ctx.userId)) ?? (await findPlace(deps, ctx, input.ref)); // prettier-ignore
    const attempt = await guard(deps, ctx, input, place);
    const stored = input.store !== false && input.content.type !== 'typing';
    const given = bodyOf(attempt, input.content);
    checkSize(ctx, input, given);
    const content =
      blobsOf(input.content).length > 0 ? await attachFiles(deps, ctx, input.content, stored) : undefined;
    const body = content ? bodyOf(attempt, content) : given;
    if (!stored) return sendUnstored(deps, attempt, body, unstored++);
    const reply = await append(deps, attempt, body, fingerprint(given));
    if (!content) return reply;
    const out = leaving(deps, ctx.app, body);
    return { ...reply, content: out === body ? content : parsePart(out).content };
  };
}

async function findPlace(deps: Deps, ctx: Ctx, ref: string): Promise<Place> {
  if (kindOf(ref) === 'direct')
    return deps.conversations.direct(ctx.app.id, ctx.userId, keyOf(ref, ctx.userId));
  const place = await deps.conversations.byKey(ctx.app.id, ref);
  if (!place) throw new MagpieError('CONVERSATION_NOT_FOUND', { field: 'ref' });
  return place;
}

async function guard(deps: Deps, ctx: Ctx, input: SendInput, place: Place): Promise<SendAttempt> {
  const participant =
    place.kind === 'direct' ? undefined : await deps.conversations.membership(place.num, ctx.userId);
  const audience = input.audience ?? null;
  const counts =
    input.counts !== false && audience === null && entryClassOf(input.content.type) === 'content';
  const attempt: SendAttempt = { ctx, input, place, participant, audience, counts };
  for (const check of SEND_GUARDS) {
    const waiting = check(attempt, deps);
    if (waiting) await waiting;
  }
  return attempt;
}

function bodyOf({ input, audience, counts }: SendAttempt, content: Content): string {
  return bodyText({
    ...input,
    content,
    receipt: input.receipt === true,
    notLast: input.notLast === true,
    audience,
    counts,
  });
}

function checkSize(ctx: Ctx, input: SendInput, body: string): void {
  const max = ctx.app.settings['limits.message.maxBytes'];
  // Cheap bounds first: a UTF-16 unit is at most three bytes.
  if (body.length * 3 <= max) return;
  const bytes = utf8Length(JSON.stringify(input.content)) + utf8Length(input.extra ?? '');
  if (bytes > max) throw new MagpieError('TOO_LARGE', { field: 'content', message: `Content and extra may hold ${max} bytes together; these are ${bytes}.` }); // prettier-ignore
}

function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c > 0x7f) bytes += c > 0x7ff && (c < 0xd800 || c > 0xdfff) ? 2 : 1;
  }
  return bytes;
}

async function append(deps: Deps, attempt: SendAttempt, body: string, fp: number): Promise<SendOutput> {
  const { ctx, input, place, audience, counts } = attempt;
  const [result] = await deps.store.commit([
    {
      op: 'append',
      conv: place.num,
      sender: ctx.userId,
      clientId: input.clientId,
      fp,
      type: input.content.type,
      cls: entryClassOf(input.content.type),
      counts,
      notLast: input.notLast === true,
      receipt: input.receipt === true,
      audience,
      body,
      at: deps.clock.now(),
    },
  ]);
  if (result.duplicate && !result.sameContent)
    throw new MagpieError('IDEMPOTENCY_CONFLICT', { field: 'clientId' });
  const reply: SendOutput = { id: messageId(place.num, result.seq), seq: result.seq, time: result.time, conv: place.key, stored: true }; // prettier-ignore
  if (!result.duplicate) {
    const row = {
      conv: place.num,
      seq: result.seq,
      sender: ctx.userId,
      time: result.time,
      clientId: input.clientId,
      body: leaving(deps, ctx.app, body),
    };
    deliver(deps, attempt, 'message.created', messageJson(row, place.key), result.seq);
  }
  return reply;
}

async function sendUnstored(
  deps: Deps,
  attempt: SendAttempt,
  body: string,
  counter: number,
): Promise<SendOutput> {
  const { ctx, input, place } = attempt;
  const time = deps.clock.now();
  const id = unstoredMessageId(time, counter);
  const message = `{"id":"${id}","conv":${JSON.stringify(place.key)},"from":${JSON.stringify(ctx.userId)},"time":${time},"clientId":${JSON.stringify(input.clientId)},${body.slice(1)}`; // prettier-ignore
  deliver(deps, attempt, 'message.transient', message);
  return { id, time, conv: place.key, stored: false };
}

function deliver(deps: Deps, attempt: SendAttempt, event: string, message: string, seq?: number): void {
  const { ctx, place, audience } = attempt;
  const sender = deps.accounts.peek(ctx.app.id, ctx.userId);
  const person = sender && personOf(sender);
  const people = person ? `,"people":${JSON.stringify({ [ctx.userId]: person })}` : '';
  const text = eventText(event, `{"message":${message}${people}}`, place.key, seq);
  const hole = seq === undefined ? undefined : eventText('message.hidden', '{}', place.key, seq);
  const limited = audience === null ? undefined : { only: new Set([...audience, ctx.userId]), hole };
  const waiting = deps.delivery.toConversation(place, text, limited);
  // Only a first read of a member list can fail; receivers then heal from the log.
  if (waiting) waiting.catch(() => undefined);
}
