import type { ChangeRow, ConversationRow, MessageRow, ParticipantRow } from '@magpie/domain';
import { fromConversation, fromMessage, fromParticipant } from '../codec.ts';
import { MESSAGE_FLAG, type ConversationTable, type MessageTable, type ParticipantTable } from '../schema.ts';
import type { ConversationState, ParticipantState } from './types.ts';

/** Columns in the order the decoders below read them: rows of the hot path are arrays. */
export const MESSAGE = ['conv', 'seq', 'sender', 'time', 'client_id', 'type', 'body', 'cls', 'counted', 'flags', 'audience', 'fp'] as const; // prettier-ignore
export const CONVERSATION = ['num', 'app', 'key', 'kind', 'last_seq', 'change_seq', 'changes_pruned', 'last_time', 'active_at', 'changed_at', 'head_entry', 'head_content', 'head_live', 'head_public', 'member_count'] as const; // prettier-ignore
/** The part of `CONVERSATION` that writes change, in the same order. */
export const CONVERSATION_STATE = CONVERSATION.slice(4);
export const PARTICIPANT = ['conv', 'user_id', 'app', 'state', 'role', 'joined_at', 'inviter', 'card', 'history_from', 'history_to', 'read_seq', 'reported_seq', 'reported_at', 'pinned_at', 'notify_level', 'discard', 'hidden_seq', 'cleared_seq', 'changed_at'] as const; // prettier-ignore

export type Cell = string | number | null;
export type Cells = readonly Cell[];

export const list = (columns: readonly string[], prefix = ''): string =>
  columns.map((c) => prefix + c).join(', ');

type Names = readonly string[];
function tableRow<T>(columns: Names, cells: Cells, offset: number): T {
  const row: Record<string, Cell> = {};
  columns.forEach((name, i) => {
    row[name] = cells[offset + i] as Cell;
  });
  return row as T;
}

export function readMessage(c: Cells): MessageRow {
  // Spelled out: a history page decodes twenty of these.
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

export const readConversation = (c: Cells, offset = 0): ConversationRow =>
  fromConversation(tableRow<ConversationTable>(CONVERSATION, c, offset));

export const readParticipant = (c: Cells, offset = 0): ParticipantRow =>
  fromParticipant(tableRow<ParticipantTable>(PARTICIPANT, c, offset));

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
