import type {
  ChangeRow,
  ConversationRow,
  LogRow,
  MessageRow,
  PageRow,
  ParticipantRow,
  UserRow,
} from '@magpie/domain';
import { fromAudience, fromConversation, fromMessage, fromParticipant, fromUser } from '../codec.ts';
import {
  MESSAGE_FLAG,
  type ConversationTable,
  type MessageTable,
  type ParticipantTable,
  type UserTable,
} from '../schema.ts';
import type { ConversationState, ParticipantState } from './types.ts';

/** Columns in the order the decoders below read them: rows of the hot path are arrays. */
export const MESSAGE = ['conv', 'seq', 'sender', 'time', 'client_id', 'type', 'body', 'cls', 'counted', 'flags', 'audience', 'fp'] as const; // prettier-ignore
export const CONVERSATION = ['num', 'app', 'key', 'kind', 'last_seq', 'change_seq', 'changes_pruned', 'last_time', 'active_at', 'changed_at', 'head_entry', 'head_content', 'head_live', 'head_public', 'member_count', 'purged_seq'] as const; // prettier-ignore
/** The part of `CONVERSATION` that sends change, in the same order. */
export const CONVERSATION_STATE = CONVERSATION.slice(4, -1);
export const PARTICIPANT = ['conv', 'user_id', 'app', 'state', 'role', 'joined_at', 'inviter', 'card', 'history_from', 'history_to', 'read_seq', 'reported_seq', 'reported_at', 'pinned_at', 'notify_level', 'discard', 'hidden_seq', 'cleared_seq', 'changed_at'] as const; // prettier-ignore
export const USER = ['app', 'id', 'fold', 'profile', 'updated_at', 'created_at', 'deleted_at', 'banned_until', 'valid_from', 'password_hash', 'user_seq'] as const; // prettier-ignore

export type Cell = string | number | null;
export type Cells = readonly Cell[];

export const list = (columns: readonly string[], prefix = ''): string =>
  columns.map((c) => prefix + c).join(', ');

export function readMessage(c: Cells): MessageRow {
  return fromMessage({
    conv: c[0],
    seq: c[1],
    sender: c[2],
    time: c[3],
    client_id: c[4],
    type: c[5],
    body: c[6],
    cls: c[7],
    counted: c[8],
    flags: c[9],
    audience: c[10],
    fp: c[11],
  } as MessageTable);
}

// Decoders are spelled out: a history page, a sign-in and a send go through them.

export function readConversation(c: Cells, o = 0): ConversationRow {
  return fromConversation({
    num: c[o],
    app: c[o + 1],
    key: c[o + 2],
    kind: c[o + 3],
    last_seq: c[o + 4],
    change_seq: c[o + 5],
    changes_pruned: c[o + 6],
    last_time: c[o + 7],
    active_at: c[o + 8],
    changed_at: c[o + 9],
    head_entry: c[o + 10],
    head_content: c[o + 11],
    head_live: c[o + 12],
    head_public: c[o + 13],
    member_count: c[o + 14],
    purged_seq: c[o + 15],
  } as ConversationTable);
}

export function readParticipant(c: Cells, o = 0): ParticipantRow {
  return fromParticipant({
    conv: c[o],
    user_id: c[o + 1],
    app: c[o + 2],
    state: c[o + 3],
    role: c[o + 4],
    joined_at: c[o + 5],
    inviter: c[o + 6],
    card: c[o + 7],
    history_from: c[o + 8],
    history_to: c[o + 9],
    read_seq: c[o + 10],
    reported_seq: c[o + 11],
    reported_at: c[o + 12],
    pinned_at: c[o + 13],
    notify_level: c[o + 14],
    discard: c[o + 15],
    hidden_seq: c[o + 16],
    cleared_seq: c[o + 17],
    changed_at: c[o + 18],
  } as ParticipantTable);
}

export function readGlance(c: Cells) {
  return { lastSeq: c[0], changeSeq: c[1], historyFrom: c[2], historyTo: c[3], clearedSeq: c[4], purgedSeq: c[5], hasDeleted: Boolean(c[6]) } as {
    lastSeq: number;
    changeSeq: number;
    historyFrom: number;
    historyTo: number | null;
    clearedSeq: number;
    purgedSeq: number;
    hasDeleted: boolean;
  }; // prettier-ignore
}

export function readUser(c: Cells): UserRow {
  return fromUser({
    app: c[0],
    id: c[1],
    fold: c[2],
    profile: c[3],
    updated_at: c[4],
    created_at: c[5],
    deleted_at: c[6],
    banned_until: c[7],
    valid_from: c[8],
    password_hash: c[9],
    user_seq: c[10],
  } as UserTable);
}

export function readStanding(c: Cells) {
  const userSeq = Number(c[0]);
  return c[1] === null ? { userSeq } : { userSeq, position: { userSeq: Number(c[1]), at: Number(c[2]) } };
}

/** Every cell costs: a page has many. */
export const PAGE = ['seq', 'sender', 'time', 'client_id', 'type', 'body', 'audience'] as const;

export function readPageRow(conv: number, c: Cells): PageRow {
  return {
    conv,
    seq: c[0],
    sender: c[1],
    time: c[2],
    clientId: c[3],
    type: c[4],
    body: c[5],
    audience: fromAudience(c[6] as string | null),
  } as PageRow;
}

export const LOG = ['user_seq', 'at', 'event', 'conv_key', 'payload'] as const;

export function readLog(app: string, user: string, c: Cells): LogRow {
  return { app, user, userSeq: c[0], at: c[1], event: c[2], convKey: c[3], payload: c[4] } as LogRow;
}

/** What `UserReads.log` answers: where nothing is kept, the log begins after its end. */
export function logPage(rows: readonly LogRow[], first: Cells | undefined, end: Cells | undefined) {
  return { rows, from: first ? Number(first[0]) : Number(end?.[0] ?? 0) + 1 };
}

export const readChange = (c: Cells): ChangeRow =>
  ({ conv: c[0], changeSeq: c[1], at: c[2], event: c[3], payload: c[4] }) as ChangeRow;

export function readConversationState(c: Cells): ConversationState {
  return {
    num: c[0],
    app: c[1],
    key: c[2],
    kind: c[3],
    lastSeq: c[4],
    changeSeq: c[5],
    changesPruned: c[6],
    lastTime: c[7],
    activeAt: c[8],
    changedAt: c[9],
    headEntry: c[10],
    headContent: c[11],
    headLive: c[12],
    headPublic: c[13],
    memberCount: c[14],
  } as ConversationState;
}

/** In the order of `CONVERSATION_STATE`. */
export function conversationCells(s: ConversationState): Cell[] {
  return [s.lastSeq, s.changeSeq, s.changesPruned, s.lastTime, s.activeAt, s.changedAt, s.headEntry, s.headContent, s.headLive, s.headPublic, s.memberCount]; // prettier-ignore
}

export function readParticipantState(c: Cells): ParticipantState {
  return {
    conv: c[0],
    user: c[1],
    app: c[2],
    state: c[3],
    role: c[4],
    joinedAt: c[5],
    inviter: c[6],
    card: c[7],
    historyFrom: c[8],
    historyTo: c[9],
    readSeq: c[10],
    reportedSeq: c[11],
    reportedAt: c[12],
    pinnedAt: c[13],
    notifyLevel: c[14],
    discard: c[15],
    hiddenSeq: c[16],
    clearedSeq: c[17],
    changedAt: c[18],
  } as ParticipantState;
}

/** In the order of `PARTICIPANT`. */
export function participantCells(s: ParticipantState): Cell[] {
  return [
    s.conv, s.user, s.app, s.state, s.role, s.joinedAt, s.inviter, s.card, s.historyFrom, s.historyTo, s.readSeq, s.reportedSeq,
    s.reportedAt, s.pinnedAt, s.notifyLevel, s.discard, s.hiddenSeq, s.clearedSeq, s.changedAt,
  ]; // prettier-ignore
}

export const isCounted = (flags: number): number =>
  (flags & MESSAGE_FLAG.counts) !== 0 && (flags & MESSAGE_FLAG.revoked) === 0 ? 1 : 0;
