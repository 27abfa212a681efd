import { MagpieError, type Output } from '@magpie/protocol';
import type { Handler } from '../core/context.ts';
import type { Deps } from '../deps.ts';
import { storedFile } from '../file/handlers.ts';
import { messageJson } from '../message-json.ts';
import type { ConversationRow, UserRow } from '../ports/rows.ts';

type Records = Output<'user.export'>['records'];

/** Places of logs looked through for one page, and characters of messages in it, at most (one message may pass the latter). */
const PLACES = 50_000;
const STRETCH = 5_000;
const CHARACTERS = 512 * 1024;

const SECTIONS = ['account', 'subscriptions', 'conversations', 'messages', 'rooms', 'files'] as const;
type Section = (typeof SECTIONS)[number];

/** Where an export stands: after what `n` or `key` name, and in what follows at `seq`. */
interface Standing {
  readonly section: Section;
  readonly n: number;
  readonly seq: number;
  readonly key: string;
}

interface Page {
  readonly records: Records;
  /** Undefined: the section is through. */
  readonly next: Omit<Standing, 'section'> | undefined;
}

interface Asked {
  readonly deps: Deps;
  readonly app: string;
  readonly user: UserRow;
  readonly at: Standing;
  readonly limit: number;
}

/** `user.export`: section by section. A page may be empty and yet have a next one, where a long log holds little of the user's. */
export function exportHandler(deps: Deps): Handler<'user.export'> {
  return async (ctx, input) => {
    const app = ctx.app.id;
    const user = await deps.store.users.get(app, input.userId);
    if (!user) throw new MagpieError('USER_NOT_FOUND', { field: 'userId' });
    const at = input.cursor === undefined ? begin('account') : parse(input.cursor);
    const { records, next } = await READ[at.section]({ deps, app, user, at, limit: input.limit ?? 500 });
    const following = SECTIONS[SECTIONS.indexOf(at.section) + 1];
    const standing = next ? { ...next, section: at.section } : following && begin(following);
    return { records, ...(standing ? { next: text(standing) } : {}) };
  };
}

const begin = (section: Section): Standing => ({ section, n: 0, seq: 1, key: '' });

const READ: { readonly [S in Section]: (asked: Asked) => Promise<Page> } = {
  account: async ({ deps, app, user }) => {
    const { store } = deps;
    const [instances, blocks, presences] = await Promise.all([store.upkeep.instances(app, user.id), store.users.blocked(app, user.id), store.presences.many(app, [user.id])]); // prettier-ignore
    const { profile, createdAt, updatedAt, deletedAt, bannedUntil } = user;
    const records: Records = [
      { record: 'profile', ...profile, id: user.id, createdAt, updatedAt, deletedAt, bannedUntil, password: user.passwordHash !== null }, // prettier-ignore
      ...presences.map(({ state, at, custom, customAt, customUntil }) => ({ record: 'presence', state, at, custom, customAt, customUntil })), // prettier-ignore
      ...instances.map(({ instance, platform, seenAt }) => ({ record: 'instance', instance, platform, seenAt })), // prettier-ignore
      ...blocks.map(({ id, at }) => ({ record: 'block', user: id, at })),
    ];
    return { records, next: undefined };
  },

  subscriptions: async ({ deps, app, user, at, limit }) => {
    const after = at.key === '' ? {} : { after: at.key };
    const rows = await deps.store.presences.subscriptions(app, user.id, { now: deps.clock.now(), limit, ...after }); // prettier-ignore
    const last = rows.at(-1);
    return {
      records: rows.map(({ target, expiresAt, at: since }) => ({ record: 'subscription', user: target, expiresAt, at: since })), // prettier-ignore
      next: last && rows.length === limit ? { n: 0, seq: 1, key: last.target } : undefined,
    };
  },

  conversations: async ({ deps, app, user, at, limit }) => {
    const rows = await deps.store.conversations.changedSince(app, user.id, 0, { afterNum: at.n, limit });
    const last = rows.at(-1);
    const records = rows.map(({ conversation, participant }) => {
      const { conv: _, app: __, user: ___, ...mine } = participant;
      return { record: 'conversation', conv: conversation.key, lastSeq: conversation.lastSeq, ...mine };
    });
    return {
      records,
      next: last && rows.length === limit ? { n: last.conversation.num, seq: 1, key: '' } : undefined,
    };
  },

  messages: (asked) =>
    sent(asked, async ({ n }) => {
      const [row] = await asked.deps.store.conversations.changedSince(asked.app, asked.user.id, 0, { afterNum: n, limit: 1 }); // prettier-ignore
      return row?.conversation;
    }),

  rooms: (asked) =>
    sent(asked, async ({ key }) => (await asked.deps.store.upkeep.rooms(asked.app, key, 1))[0]),

  files: async ({ deps, app, user, at, limit }) => {
    const rows = await deps.store.upkeep.filesOf(app, user.id, { createdAt: at.n, id: at.key }, limit);
    const last = rows.at(-1);
    return {
      records: rows.map((row) => ({ record: 'file', use: row.use, state: row.state, createdAt: row.createdAt, ...storedFile(row) })), // prettier-ignore
      next: last && rows.length === limit ? { n: last.createdAt, seq: 1, key: last.id } : undefined,
    };
  },
};

/** Messages of the user in one log after another; `following` finds the log after a standing. */
async function sent(
  { deps, user, at, limit }: Asked,
  following: (at: Omit<Standing, 'section'>) => Promise<ConversationRow | undefined>,
): Promise<Page> {
  const records: Records = [];
  let [places, characters] = [0, 0];
  let standing: Omit<Standing, 'section'> = at;
  for (;;) {
    const log = await following(standing);
    if (!log) return { records, next: undefined };
    for (let seq = Math.max(standing.seq, log.purgedSeq + 1); seq <= log.lastSeq;) {
      if (records.length >= limit || places >= PLACES || characters >= CHARACTERS)
        return { records, next: { ...standing, seq } };
      const hi = Math.min(seq + STRETCH - 1, log.lastSeq);
      const most = Math.min(100, limit - records.length);
      const rows = await deps.store.upkeep.sent(log.num, user.id, seq, hi, most);
      for (const row of rows) {
        records.push({ record: 'message', ...(JSON.parse(messageJson(row, log.key)) as object) });
        characters += row.body.length;
      }
      const end = rows.length === most ? (rows.at(-1)?.seq ?? hi) : hi;
      places += end - seq + 1;
      seq = end + 1;
    }
    places += 1;
    standing = { n: log.num, seq: 1, key: log.key };
    if (places >= PLACES) return { records, next: standing };
  }
}

function text({ section, n, seq, key }: Standing): string {
  return `${section}.${n}.${seq}.${key}`;
}

function parse(cursor: string): Standing {
  const [, section, n, seq, key = ''] = /^([a-z]+)\.(\d{1,16})\.(\d{1,16})\.([\x20-\x7e]*)$/.exec(cursor) ?? []; // prettier-ignore
  const known = SECTIONS.find((one) => one === section);
  if (!known) throw new MagpieError('BAD_REQUEST', { field: 'cursor', message: 'That is not a cursor of this export.' }); // prettier-ignore
  return { section: known, n: Number(n), seq: Number(seq), key };
}
