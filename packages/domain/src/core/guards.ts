import { directPair, MagpieError, type SendInput } from '@magpie/protocol';
import type { Place } from '../conversation/resolve.ts';
import type { Deps } from '../deps.ts';
import type { ParticipantRow } from '../ports/rows.ts';
import type { Ctx } from './context.ts';

/** A send about to happen. Guards may refuse it by throwing, or narrow who is shown it. */
export interface SendAttempt {
  readonly ctx: Ctx;
  readonly input: SendInput;
  readonly place: Place;
  /** Groups: the sender's row. */
  readonly participant: ParticipantRow | undefined;
  audience: readonly string[] | null;
  counts: boolean;
}

/** Returns a promise only when it must wait: the array is walked for every message. */
export type SendGuard = (attempt: SendAttempt, deps: Deps) => void | Promise<void>;

export const rateGuard: SendGuard = ({ ctx, place }, { rate }) => {
  const { settings } = ctx.app;
  rate.take(`u ${ctx.app.id} ${ctx.userId}`, settings['limits.rate.user'], settings['limits.rate.userBurst']);
  if (place.kind === 'group')
    rate.take(`g ${place.num}`, settings['limits.rate.group'], settings['limits.rate.group']);
};

export const memberGuard: SendGuard = ({ place, participant }) => {
  if (place.kind !== 'group') return;
  if (!participant) throw new MagpieError('CONVERSATION_NOT_FOUND', { field: 'ref' });
  if (participant.state !== 'member') throw new MagpieError('NOT_MEMBER', { field: 'ref' });
};

/** Core-model §3.3: the sender is told, or it is stored for the sender's eyes alone. */
export const blockGuard: SendGuard = async (attempt, { accounts }) => {
  const { ctx, place, input } = attempt;
  if (place.kind !== 'direct') return;
  const [a, b] = directPair(place.key);
  const peer = a === ctx.userId ? b : a;
  if (peer === ctx.userId || !(await accounts.isBlocked(ctx.app.id, peer, ctx.userId))) return;
  const rule = ctx.app.settings['block.reply'];
  if ((rule === 'asked' ? (input.onBlocked ?? 'refuse') : rule) === 'refuse')
    throw new MagpieError('BLOCKED', { field: 'ref' });
  attempt.audience = [ctx.userId];
  attempt.counts = false;
};

export const SEND_GUARDS: readonly SendGuard[] = [rateGuard, memberGuard, blockGuard];
