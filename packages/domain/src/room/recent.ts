import { entryClassOf } from '@magpie/protocol';
import type { Ctx } from '../core/context.ts';
import { shownTo } from '../conversation/resolve.ts';
import type { Deps } from '../deps.ts';
import { leaving } from '../file/sign.ts';
import { messageJson } from '../message-json.ts';
import type { Room } from './room.ts';

/** What was said last, for who enters: `"recent":[…],"people":{…}` and, with history, where its streams stand. `mark`: as much was heard then. */
export async function recentText(deps: Deps, ctx: Ctx, room: Room, mark: number): Promise<string> {
  const { settings } = ctx.app;
  if (!settings['rooms.history']) {
    if (room.catchingUp) await room.catchingUp;
    // What was said since comes as an event.
    const shown = room.talk.newest.filter(({ order }) => order <= mark).filter(({ limited, from }) => !limited || limited.only.has(ctx.userId) || from === ctx.userId); // prettier-ignore
    const texts = shown.map(({ json }) => json).join(',');
    const people = await deps.accounts.people(ctx.app.id, shown.map(({ from }) => from)); // prettier-ignore
    return `"recent":[${texts}],"people":${JSON.stringify(people)}`;
  }
  // First where it stands, then what is there: what changes in between comes as an event.
  const { lastSeq, changeSeq } = await endOfLog(deps, room);
  const limit = settings['rooms.recent'];
  const rows = limit > 0 && lastSeq > 0 ? await deps.store.messages.page(room.num, { direction: 'older', from: lastSeq, to: 1, limit }) : []; // prettier-ignore
  const shown = rows.filter((row) => row.type !== 'revoked' && entryClassOf(row.type) === 'content' && shownTo(row, ctx.userId)); // prettier-ignore
  const texts = shown.map((row) => messageJson({ ...row, body: leaving(deps, ctx.app, row.body) }, room.key));
  const people = await deps.accounts.people(ctx.app.id, shown.map(({ sender }) => sender)); // prettier-ignore
  return `"recent":[${texts.join(',')}],"people":${JSON.stringify(people)},"lastSeq":${lastSeq},"changeSeq":${changeSeq}`;
}

export async function endOfLog(deps: Deps, room: Room): Promise<{ lastSeq: number; changeSeq: number }> {
  const conversation = await deps.store.conversations.byNumber(room.num);
  return { lastSeq: conversation?.lastSeq ?? 0, changeSeq: conversation?.changeSeq ?? 0 };
}
