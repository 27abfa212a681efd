import type { Store } from '@magpie/domain';
import type { Kysely } from 'kysely';
import type { HotReads } from '../hot/types.ts';
import type { Schema } from '../schema.ts';
import { memberReads } from './members.ts';
import { presenceReads } from './presences.ts';
import { appReads, fileReads, groupReads, receiptReads, userReads } from './records.ts';
import { roomReads } from './rooms.ts';
import { timerReads } from './timers.ts';
import { upkeepReads } from './upkeep.ts';
import { webhookReads } from './webhooks.ts';
import { wordReads } from './words.ts';

export type Reads = Pick<
  Store,
  | 'apps'
  | 'users'
  | 'conversations'
  | 'messages'
  | 'groups'
  | 'receipts'
  | 'files'
  | 'rooms'
  | 'presences'
  | 'timers'
  | 'webhooks'
  | 'words'
  | 'upkeep'
>;

export function createReads(db: Kysely<Schema>, hot: HotReads, onError: (error: unknown) => unknown): Reads {
  const guard = <T extends object>(reads: T): T => guarded(reads, onError);
  const {
    page,
    get,
    seqAtTime,
    byClientId,
    deleted,
    head,
    mentions,
    changes,
    watchers,
    users,
    ...conversations
  } = hot;
  return {
    apps: guard(appReads(db)),
    users: guard({ ...userReads(db), ...users }),
    conversations: guard({ ...conversations, ...memberReads(db) }),
    messages: guard({ page, get, seqAtTime, byClientId, deleted, head, mentions, changes }),
    groups: guard(groupReads(db)),
    receipts: guard(receiptReads(db)),
    files: guard(fileReads(db)),
    rooms: guard(roomReads(db)),
    presences: guard({ ...presenceReads(db), watchers }),
    timers: guard(timerReads(db)),
    webhooks: guard(webhookReads(db)),
    words: guard(wordReads(db)),
    upkeep: guard(upkeepReads(db)),
  };
}

type Read = (...parameters: unknown[]) => Promise<unknown>;

/** Turns a driver's errors into ours, in one place for all reads. */
function guarded<T extends object>(reads: T, onError: (error: unknown) => unknown): T {
  const entries = Object.entries(reads as Record<string, Read>).map(([name, read]) => [
    name,
    (...parameters: unknown[]) =>
      read(...parameters).catch((error: unknown) => {
        throw onError(error);
      }),
  ]);
  return Object.fromEntries(entries) as T;
}
