import {
  directPair,
  entryClassOf,
  MagpieError,
  type Priority,
  type SendableContent,
  type SendInput,
} from '@magpie/protocol';
import type { Place } from '../conversation/resolve.ts';
import type { Deps } from '../deps.ts';
import { bodyText } from '../message/body.ts';
import type { ParticipantRow } from '../ports/rows.ts';
import { roomGuard } from '../room/guard.ts';
import { hookGuard } from '../webhook/send-hook.ts';
import { wordGuard } from '../word/words.ts';
import type { Ctx } from './context.ts';

/**
 * A send about to happen. Guards may refuse it by throwing, narrow who is shown it, change what it says, or let it go nowhere
 * (`dropped`, a success). `input` stays what the sender asked for: it names the send when it is tried again.
 */
export interface SendAttempt {
  readonly ctx: Ctx;
  readonly input: SendInput;
  readonly place: Place;
  /** Groups: the sender's row. */
  readonly participant: ParticipantRow | undefined;
  readonly asked: Said;
  content: SendableContent;
  extra: string | undefined;
  /** In place of the sender's. */
  mentions: SendInput['mentions'] | undefined;
  audience: readonly string[] | null;
  counts: boolean;
  stored: boolean;
  /** What it counts as under pressure. */
  priority: Priority | undefined;
  dropped: string | undefined;
  /** The body as the sender asked for it, once `sizeGuard` has made it. */
  given: string;
}

/** What guards may change of what is written. */
interface Said {
  readonly content: SendableContent;
  readonly extra: string | undefined;
  readonly audience: readonly string[] | null;
  readonly counts: boolean;
}

export function createAttempt(
  ctx: Ctx,
  input: SendInput,
  place: Place,
  participant: ParticipantRow | undefined,
): SendAttempt {
  const audience = input.audience ?? null;
  const { type } = input.content;
  const asked: Said = {
    content: input.content,
    extra: input.extra,
    audience,
    counts: input.counts !== false && audience === null && entryClassOf(type) === 'content',
  };
  return {
    ctx,
    input,
    place,
    participant,
    asked,
    ...asked,
    mentions: undefined,
    stored: input.store !== false && type !== 'typing',
    priority: input.priority,
    dropped: undefined,
    given: '',
  };
}

/** Returns a promise only when it must wait: the array is walked for every message. */
export type SendGuard = (attempt: SendAttempt, deps: Deps) => void | Promise<void>;

export const rateGuard: SendGuard = ({ ctx, place }, deps) => {
  const { settings } = ctx.app;
  const mine = nodesOfCaller(deps, ctx);
  const all = 1 + deps.mesh.others.length;
  deps.rate.take(`u ${ctx.app.id} ${ctx.userId}`, settings['limits.rate.user'], settings['limits.rate.userBurst'], mine); // prettier-ignore
  deps.rate.take(`a ${ctx.app.id}`, settings['limits.rate.app'], settings['limits.rate.app'], all);
  if (place.kind === 'group')
    deps.rate.take(`g ${place.num}`, settings['limits.rate.group'], settings['limits.rate.group'], all);
};

/** On how many nodes a user may be asking: what is allowed is shared among them. */
export function nodesOfCaller({ mesh, elsewhere }: Pick<Deps, 'mesh' | 'elsewhere'>, ctx: Ctx): number {
  return mesh.alone ? 1 : 1 + elsewhere.nodesOf(ctx.app.id, ctx.userId).length;
}

export const sizeGuard: SendGuard = (attempt) => {
  attempt.given = bodyText(attempt);
  // Cheap bound first: a UTF-16 unit is at most three bytes.
  if (attempt.given.length * 3 > attempt.ctx.app.settings['limits.message.maxBytes']) checkSize(attempt);
};

export function checkSize({ ctx, content, extra }: Pick<SendAttempt, 'ctx' | 'content' | 'extra'>): void {
  const max = ctx.app.settings['limits.message.maxBytes'];
  const bytes = utf8Length(JSON.stringify(content)) + utf8Length(extra ?? '');
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

export const memberGuard: SendGuard = ({ place, participant }) => {
  if (place.kind !== 'group') return;
  if (!participant) throw new MagpieError('CONVERSATION_NOT_FOUND', { field: 'ref' });
  if (participant.state !== 'member') throw new MagpieError('NOT_MEMBER', { field: 'ref' });
};

/** Core-model §3.3: the sender is told, or it is stored for the sender's eyes alone. */
export const blockGuard: SendGuard = (attempt, { accounts }) => {
  const { ctx, place } = attempt;
  if (place.kind !== 'direct') return;
  const [a, b] = directPair(place.key);
  const peer = a === ctx.userId ? b : a;
  if (peer === ctx.userId) return;
  const blocked = accounts.isBlocked(ctx.app.id, peer, ctx.userId);
  if (blocked === false) return;
  if (blocked === true) return refuseOrHide(attempt);
  return blocked.then((yes) => {
    if (yes) refuseOrHide(attempt);
  });
};

function refuseOrHide(attempt: SendAttempt): void {
  const { ctx, input } = attempt;
  const rule = ctx.app.settings['block.reply'];
  if ((rule === 'asked' ? (input.onBlocked ?? 'refuse') : rule) === 'refuse')
    throw new MagpieError('BLOCKED', { field: 'ref' });
  attempt.audience = [ctx.userId];
  attempt.counts = false;
}

/** In this order: what is cheap, who may, what may be said, and last the app's back end. */
export const SEND_GUARDS: readonly SendGuard[] = [
  rateGuard,
  sizeGuard,
  memberGuard,
  blockGuard,
  roomGuard,
  wordGuard,
  hookGuard,
];
