import { blobsOf, entryClassOf, keyOf, kindOf, MagpieError, messageId, unstoredMessageId, type SendInput, type SendOutput } from '@magpie/protocol'; // prettier-ignore
import type { Place } from '../conversation/resolve.ts';
import { conflictsAs } from '../core/conflict.ts';
import type { Ctx, Handler } from '../core/context.ts';
import { createAttempt, SEND_GUARDS, type SendAttempt } from '../core/guards.ts';
import { eventText, type Posting } from '../delivery/delivery.ts';
import type { Deps } from '../deps.ts';
import type { AppendResult } from '../ports/writes.ts';
import { attachFiles } from '../file/attach.ts';
import { leaving } from '../file/sign.ts';
import { messageJson } from '../message-json.ts';
import { personOf } from '../user/accounts.ts';
import { bodyText, fingerprint } from './body.ts';
import { parsePart } from './part.ts';

/**
 * `message.send`: guards → append → one event for all. The reply leaves after the commit, in the flush of the event. Nothing waits on the
 * way but the commit, unless something must be read first.
 */
export function sendHandler(deps: Deps): Handler<'message.send'> {
  let unstored = 0;
  const finish = (attempt: SendAttempt): Promise<SendOutput> => {
    const body = bodyOf(attempt);
    return attempt.stored ? append(deps, attempt, body) : Promise.resolve(sendUnstored(deps, attempt, body, unstored++)); // prettier-ignore
  };
  const go: Go = (attempt) => {
    if (attempt.dropped !== undefined) return Promise.resolve(droppedReply(deps, attempt, unstored++));
    if (blobsOf(attempt.content).length === 0) return finish(attempt);
    return attachFiles(deps, attempt.ctx, attempt.content).then((content) => {
      attempt.content = content;
      return finish(attempt);
    });
  };
  return (ctx, input) => {
    if (ctx.userId === '') throw new MagpieError('BAD_REQUEST', { message: 'Name the user to send as.' });
    const place = deps.conversations.peek(ctx.app.id, keyOf(input.ref, ctx.userId));
    const member = place?.kind === 'group' ? deps.conversations.membership(place.num, ctx.userId) : undefined;
    if (!place || member instanceof Promise) return sendLater(deps, ctx, input, go);
    const attempt = createAttempt(ctx, input, place, member);
    const waiting = guard(deps, attempt, 0);
    return waiting ? waiting.then(() => go(attempt)) : go(attempt);
  };
}

type Go = (attempt: SendAttempt) => Promise<SendOutput>;

/** The first send to a place, and after it was forgotten. */
async function sendLater(deps: Deps, ctx: Ctx, input: SendInput, go: Go): Promise<SendOutput> {
  const place = await findPlace(deps, ctx, input.ref);
  const member =
    place.kind === 'group' ? await deps.conversations.membership(place.num, ctx.userId) : undefined;
  const attempt = createAttempt(ctx, input, place, member);
  await guard(deps, attempt, 0);
  return go(attempt);
}

async function findPlace(deps: Deps, ctx: Ctx, ref: string): Promise<Place> {
  if (kindOf(ref) === 'direct')
    return deps.conversations.direct(ctx.app.id, ctx.userId, keyOf(ref, ctx.userId));
  const place = await deps.conversations.byKey(ctx.app.id, ref);
  if (!place) throw new MagpieError(kindOf(ref) === 'room' ? 'ROOM_NOT_FOUND' : 'CONVERSATION_NOT_FOUND', { field: 'ref' }); // prettier-ignore
  return place;
}

function guard(deps: Deps, attempt: SendAttempt, from: number): void | Promise<void> {
  for (let i = from; i < SEND_GUARDS.length; i++) {
    const waiting = SEND_GUARDS[i]?.(attempt, deps);
    if (waiting) return waiting.then(() => guard(deps, attempt, i + 1));
    if (attempt.dropped !== undefined) return;
  }
}

/** A sender is told what the server made of the content, if it is not what was sent. */
function answer({ asked, content }: SendAttempt, body: string, out: string, reply: SendOutput): SendOutput {
  if (content === asked.content) return reply;
  return { ...reply, content: out === body ? content : parsePart(out).content };
}

/** Nearly always what was made for the size check already. */
function bodyOf(attempt: SendAttempt): string {
  const { asked } = attempt;
  const same =
    attempt.content === asked.content &&
    attempt.extra === asked.extra &&
    attempt.mentions === undefined &&
    attempt.audience === asked.audience &&
    attempt.counts === asked.counts;
  return same ? attempt.given : bodyText(attempt);
}

function append(deps: Deps, attempt: SendAttempt, body: string): Promise<SendOutput> {
  const { ctx, input, place, content, audience, counts } = attempt;
  const files = blobsOf(content).flatMap(({ fileId }) => fileId ?? []);
  const op = {
    op: 'append',
    app: ctx.app.id,
    conv: place.num,
    sender: ctx.userId,
    clientId: input.clientId,
    fp: fingerprint(attempt.given),
    type: content.type,
    cls: entryClassOf(content.type),
    counts,
    notLast: input.notLast === true,
    receipt: input.receipt === true,
    audience,
    body,
    at: deps.clock.now(),
    ...(files.length > 0 ? { files } : {}),
  } as const;
  const unit = ctx.act ? ([op, ...ctx.act.ops] as const) : ([op] as const);
  const committed = deps.store.commit(unit).then(([result]) => appended(deps, attempt, body, result));
  // A file may go between the look at it and the append.
  return files.length > 0 ? committed.catch(conflictsAs({ missing: 'FILE_NOT_FOUND' })) : committed;
}

/** A send that is repeated later than this, in milliseconds, is no retry of one whose answer was lost. */
const TOLD_AGAIN = 600_000;

type Reply = SendOutput | Promise<SendOutput>;

function appended(deps: Deps, attempt: SendAttempt, body: string, result: AppendResult): Reply {
  const { ctx, input, place } = attempt;
  const { seq, time } = result;
  if (result.duplicate && !result.sameContent)
    throw new MagpieError('IDEMPOTENCY_CONFLICT', { field: 'clientId' });
  const id = messageId(place.num, seq);
  const reply: SendOutput = { id, seq, time, conv: place.key, stored: true };
  if (result.duplicate) return firstResult(deps, attempt, reply, seq);
  const out = leaving(deps, ctx.app, body);
  const row = { conv: place.num, seq, sender: ctx.userId, time, clientId: input.clientId, body: out };
  deliver(deps, attempt, { id, time, json: messageJson(row, place.key) }, seq);
  return answer(attempt, body, out, reply);
}

/**
 * What the first try became: by now guards may say otherwise. Whoever took that try may have gone with the commit and before telling
 * anybody, so those concerned are told again; who knows it drops it by its number.
 */
async function firstResult(
  deps: Deps,
  attempt: SendAttempt,
  reply: SendOutput,
  seq: number,
): Promise<SendOutput> {
  const { ctx, place } = attempt;
  const [row] = await deps.store.messages.get(place.num, [seq]);
  if (!row || row.revoked) return reply;
  const body = leaving(deps, ctx.app, row.body);
  if (row.time > deps.clock.now() - TOLD_AGAIN) {
    const json = messageJson({ ...row, body }, place.key);
    deliver(deps, { ...attempt, audience: row.audience }, { ...reply, json }, seq);
  }
  const { content } = parsePart(body);
  return JSON.stringify(content) === JSON.stringify(attempt.asked.content) ? reply : { ...reply, content };
}

function sendUnstored(deps: Deps, attempt: SendAttempt, body: string, counter: number): SendOutput {
  const { ctx, input, place } = attempt;
  const time = deps.clock.now();
  const id = unstoredMessageId(time, counter);
  const out = leaving(deps, ctx.app, body);
  const json = `{"id":"${id}","conv":${JSON.stringify(place.key)},"from":${JSON.stringify(ctx.userId)},"time":${time},"clientId":${JSON.stringify(input.clientId)},${out.slice(1)}`; // prettier-ignore
  deliver(deps, attempt, { id, time, json });
  return answer(attempt, body, out, { id, time, conv: place.key, stored: false });
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
  if (seq === undefined && attempt.content.type !== 'typing') deps.hooks.emit(place.app, event, place.key, text); // prettier-ignore
  if (place.kind === 'direct' && audience === null) return void deps.delivery.toConversation(place, text);
  const hole = seq === undefined ? undefined : eventText('message.hidden', '{}', place.key, seq);
  const keep = input.store !== false && entryClassOf(attempt.content.type) === 'content';
  const posting: Posting = {
    limited: audience === null ? undefined : { only: new Set([...audience, ctx.userId]), hole },
    priority: attempt.priority,
    message: { ...message, from: ctx.userId, clientId: input.clientId, keep },
  };
  void deps.delivery.toConversation(place, text, posting);
}
