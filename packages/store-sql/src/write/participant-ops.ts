import type { ParticipantSet, SeqValue } from '@magpie/domain';
import { levelCode, fromParticipant, roleCode, stateCode } from '../codec.ts';
import type { ConversationState, ParticipantState } from '../hot/types.ts';
import { Conflict, editConversation, need, type OpContext, type OpHandlers } from './context.ts';
import { pairKey } from './states.ts';

const MEMBER = stateCode('member');

export const participantOps: OpHandlers<
  'participant.put' | 'member.put' | 'member.role' | 'member.dismissAll'
> = {
  'participant.put': (c, op) => {
    const conversation = need(c.states.conversations.get(op.conv));
    const key = pairKey(op.conv, op.user);
    const before = c.states.participants.get(key);
    const copy = before && { ...before };
    const row = c.states.participants.edit(key) ?? c.states.participants.add(fresh(op, 1), false);
    applySet(row, op.set, conversation);
    const changed = !copy || differs(copy, row);
    if (changed) row.changedAt = Math.max(row.changedAt, op.at);
    // What others are told of this user is the conversation's news too; the rest is the user's own.
    if (changed && (copy?.reportedSeq ?? 0) !== row.reportedSeq) editConversation(c, op.conv, op.at);
    return { row: asRow(row), changed };
  },

  'member.put': (c, op) => {
    const conversation = need(c.states.conversations.get(op.conv));
    const key = pairKey(op.conv, op.user);
    const present = c.states.participants.get(key)?.state === MEMBER;
    if (op.expect !== undefined && (op.expect === 'member') !== present) throw new Conflict('stale');
    const nothing = { done: false, memberCount: conversation.memberCount };
    if ((op.state === 'member') === present) return nothing;
    if (op.state === 'member' && op.max !== undefined && conversation.memberCount >= op.max) {
      if (op.onFull === 'skip') return nothing;
      throw new Conflict('full');
    }
    const edited = editConversation(c, op.conv, op.at);
    if (op.state === 'member') {
      edited.memberCount += 1;
      join(c, op, resolve(op.historyFrom ?? 'next', edited));
    } else {
      edited.memberCount -= 1;
      leave(need(c.states.participants.edit(key)), stateCode(op.state), edited.lastSeq, op.at);
    }
    return { done: true, memberCount: edited.memberCount };
  },

  'member.role': (c, op) => {
    const key = pairKey(op.conv, op.user);
    if (c.states.participants.get(key)?.state !== MEMBER) throw new Conflict('missing');
    const row = need(c.states.participants.edit(key));
    row.role = roleCode(op.role);
    row.changedAt = Math.max(row.changedAt, op.at);
    return undefined;
  },

  'member.dismissAll': async (c, op) => {
    await c.flush();
    const conversation = editConversation(c, op.conv, op.at);
    conversation.memberCount = 0;
    await c.db
      .updateTable('participants')
      .set({
        state: stateCode('dismissed'),
        role: roleCode('member'),
        history_to: conversation.lastSeq,
        changed_at: op.at,
      })
      .where('conv', '=', op.conv)
      .where('state', '=', MEMBER)
      .execute();
    c.states.participants.editWhere(
      (row) => row.conv === op.conv && row.state === MEMBER,
      (row) => leave(row, stateCode('dismissed'), conversation.lastSeq, op.at),
    );
    return undefined;
  },
};

interface Names {
  readonly conv: number;
  readonly app: string;
  readonly user: string;
  readonly at: number;
}

function fresh({ conv, app, user, at }: Names, historyFrom: number): ParticipantState {
  return {
    conv,
    user,
    app,
    state: MEMBER,
    role: roleCode('member'),
    joinedAt: at,
    inviter: null,
    card: null,
    historyFrom,
    historyTo: null,
    readSeq: 0,
    reportedSeq: 0,
    reportedAt: 0,
    pinnedAt: null,
    notifyLevel: levelCode('all'),
    discard: 0,
    hiddenSeq: 0,
    clearedSeq: 0,
    changedAt: at,
  };
}

const resolve = (value: SeqValue, { lastSeq }: Readonly<ConversationState>): number =>
  value === 'last' ? lastSeq : value === 'next' ? lastSeq + 1 : value;

/** Positions never go back and never pass the end. */
function forward(
  now: number,
  value: SeqValue | undefined,
  conversation: Readonly<ConversationState>,
): number {
  if (value === undefined) return now;
  return Math.max(now, Math.min(resolve(value, conversation), conversation.lastSeq));
}

function applySet(
  row: ParticipantState,
  set: ParticipantSet,
  conversation: Readonly<ConversationState>,
): void {
  row.readSeq = forward(row.readSeq, set.readSeq, conversation);
  row.reportedSeq = forward(row.reportedSeq, set.reportedSeq, conversation);
  row.hiddenSeq = forward(row.hiddenSeq, set.hiddenSeq, conversation);
  row.clearedSeq = forward(row.clearedSeq, set.clearedSeq, conversation);
  if (set.reportedAt !== undefined) row.reportedAt = set.reportedAt;
  if (set.pinnedAt !== undefined) row.pinnedAt = set.pinnedAt;
  if (set.notifyLevel !== undefined) row.notifyLevel = levelCode(set.notifyLevel);
  if (set.discard !== undefined) row.discard = set.discard ? 1 : 0;
  if (set.card !== undefined) row.card = set.card?.replaceAll('\0', '') ?? null;
}

function differs(a: Readonly<ParticipantState>, b: Readonly<ParticipantState>): boolean {
  return (Object.keys(a) as (keyof ParticipantState)[]).some((key) => a[key] !== b[key]);
}

interface Join extends Names {
  readonly role: Parameters<typeof roleCode>[0];
  readonly inviter?: string | null;
}

function join(c: OpContext, op: Join, historyFrom: number): void {
  const row =
    c.states.participants.edit(pairKey(op.conv, op.user)) ??
    c.states.participants.add(fresh(op, historyFrom), false);
  row.state = MEMBER;
  row.role = roleCode(op.role);
  row.joinedAt = op.at;
  row.inviter = op.inviter ?? null;
  row.historyFrom = historyFrom;
  row.historyTo = null;
  row.readSeq = Math.max(row.readSeq, historyFrom - 1);
  row.changedAt = Math.max(row.changedAt, op.at);
}

function leave(row: ParticipantState, state: number, lastSeq: number, at: number): void {
  row.state = state;
  row.role = roleCode('member');
  row.historyTo = lastSeq;
  row.changedAt = Math.max(row.changedAt, at);
}

function asRow(row: Readonly<ParticipantState>): ReturnType<typeof fromParticipant> {
  return fromParticipant({
    conv: row.conv,
    user_id: row.user,
    app: row.app,
    state: row.state,
    role: row.role,
    joined_at: row.joinedAt,
    inviter: row.inviter,
    card: row.card,
    history_from: row.historyFrom,
    history_to: row.historyTo,
    read_seq: row.readSeq,
    reported_seq: row.reportedSeq,
    reported_at: row.reportedAt,
    pinned_at: row.pinnedAt,
    notify_level: row.notifyLevel,
    discard: row.discard,
    hidden_seq: row.hiddenSeq,
    cleared_seq: row.clearedSeq,
    changed_at: row.changedAt,
  });
}
