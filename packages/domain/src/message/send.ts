import { blobsOf, entryClassOf, keyOf, kindOf, MagpieError, messageId, unstoredMessageId, type Content, type SendInput, type SendOutput } from '@magpie/protocol'; // prettier-ignore
import type { Place } from '../conversation/resolve.ts';
import type { Ctx, Handler } from '../core/context.ts';
import { createAttempt, SEND_GUARDS, type SendAttempt } from '../core/guards.ts';
import { eventText, type Posting } from '../delivery/delivery.ts';
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
    if (attempt.dropped !== undefined) return droppedReply(deps, attempt, unstored++);
    const { content: asked } = attempt;
    const content: Content =
      blobsOf(asked).length > 0 ? await attachFiles(deps, ctx, asked, attempt.stored) : asked;
    const body = bodyOf(attempt, content);
    const reply = attempt.stored ? await append(deps, attempt, body) : sendUnstored(deps, attempt, body, unstored++); // prettier-ignore
    if (content === input.content) return reply;
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
    place.kind === 'group' ? await deps.conversations.membership(place.num, ctx.userId) : undefined;
  const attempt = createAttempt(ctx, input, place, participant);
  for (const check of SEND_GUARDS) {
    const waiting = check(attempt, deps);
    if (waiting) await waiting;
    if (attempt.dropped !== undefined) break;
  }
  return attempt;
}

/** Nearly always what was made for the size check already. */
function bodyOf(attempt: SendAttempt, content: Content): string {
  const { asked } = attempt;
  const same =
    content === asked.content &&
    attempt.extra === asked.extra &&
    attempt.audience === asked.audience &&
    attempt.counts === asked.counts;
  return same ? attempt.given : bodyText({ ...attempt, content });
}

async function append(deps: Deps, attempt: SendAttempt, body: string): Promise<SendOutput> {
  const { ctx, input, place, audience, counts } = attempt;
  const [result] = await deps.store.commit([
    {
      op: 'append',
      app: ctx.app.id,
      conv: place.num,
      sender: ctx.userId,
      clientId: input.clientId,
      fp: fingerprint(attempt.given),
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
  const id = messageId(place.num, result.seq);
  if (!result.duplicate) {
    const row = {
      conv: place.num,
      seq: result.seq,
      sender: ctx.userId,
      time: result.time,
      clientId: input.clientId,
      body: leaving(deps, ctx.app, body),
    };
    deliver(deps, attempt, { id, time: result.time, json: messageJson(row, place.key) }, result.seq);
  }
  return { id, seq: result.seq, time: result.time, conv: place.key, stored: true };
}

function sendUnstored(deps: Deps, attempt: SendAttempt, body: string, counter: number): SendOutput {
  const { ctx, input, place } = attempt;
  const time = deps.clock.now();
  const id = unstoredMessageId(time, counter);
  const json = `{"id":"${id}","conv":${JSON.stringify(place.key)},"from":${JSON.stringify(ctx.userId)},"time":${time},"clientId":${JSON.stringify(input.clientId)},${leaving(deps, ctx.app, body).slice(1)}`; // prettier-ignore
  deliver(deps, attempt, { id, time, json });
  return { id, time, conv: place.key, stored: false };
}

/** A success that went nowhere: some vendors' apps must see their send resolve. */
function droppedReply(deps: Deps, { place, dropped }: SendAttempt, counter: number): SendOutput {
  const time = deps.clock.now();
  return {
    id: unstoredMessageId(time, counter),
    time,
    conv: place.key,
    stored: false,
    dropped: dropped ?? '',
  };
}

interface Outgoing {
  readonly id: string;
  readonly time: number;
  readonly json: string;
}

function deliver(deps: Deps, attempt: SendAttempt, message: Outgoing, seq?: number): void {
  const { ctx, input, place, audience } = attempt;
  const sender = deps.accounts.peek(ctx.app.id, ctx.userId);
  const person = sender && personOf(sender);
  const people = person ? `,"people":${JSON.stringify({ [ctx.userId]: person })}` : '';
  const event = seq === undefined ? 'message.transient' : 'message.created';
  const payload = `{"message":${message.json}${people}}`;
  const text = eventText(event, payload, place.key, seq);
  if (place.kind === 'direct' && audience === null) return void deps.delivery.toConversation(place, text);
  const hole = seq === undefined ? undefined : eventText('message.hidden', '{}', place.key, seq);
  const posting: Posting = {
    limited: audience === null ? undefined : { only: new Set([...audience, ctx.userId]), hole },
    priority: input.priority,
    message: { ...message, from: ctx.userId },
  };
  const waiting = deps.delivery.toConversation(place, text, posting);
  // Only a first read of a member list can fail; receivers then heal from the log.
  if (waiting) waiting.catch(() => undefined);
}
