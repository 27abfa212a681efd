import { MagpieError, type EventPayload, type Input, type Output } from '@magpie/protocol';
import type { Ctx } from '../core/context.ts';
import { eventText } from '../delivery/delivery.ts';
import type { Deps } from '../deps.ts';
import { outranks } from '../group/rules.ts';
import { roleIn } from './access.ts';
import { findSaid } from './hearsay.ts';
import type { Room } from './room.ts';

/** `message.revoke` of what has no place in a log: rooms remember for a while who said what. */
export async function revokeUnstored(
  deps: Deps,
  ctx: Ctx,
  input: Input<'message.revoke'>,
): Promise<Output<'message.revoke'>> {
  const at = deps.clock.now();
  const said = await findSaid(deps, input.id, at);
  const room = said?.app === ctx.app.id ? await deps.rooms.find(said.app, said.room) : undefined;
  const sees = ctx.caller === 'admin' || !said?.only || said.only.includes(ctx.userId);
  if (!said || !room || !sees) throw new MagpieError('MESSAGE_NOT_FOUND', { field: 'id' });
  if (ctx.caller !== 'admin' && !deps.rooms.present(room.num, ctx.userId)) throw new MagpieError('NOT_MEMBER', { field: 'id' }); // prettier-ignore
  const role = await roleOver(deps, ctx, room, said.from);
  if (said.revoked) throw new MagpieError('ALREADY_REVOKED', { field: 'id' });
  if (!role) demandSender(ctx, said.from, said.time, at);
  const by = ctx.userId === '' ? said.from : ctx.userId;
  const payload: EventPayload<'room.revoked'> = {
    id: said.id,
    conv: room.key,
    from: said.from,
    by,
    role: role ?? 'sender',
    ...(input.reason === undefined ? {} : { reason: input.reason }),
    ...(input.extra === undefined ? {} : { extra: input.extra }),
    at,
  };
  const text = eventText('room.revoked', JSON.stringify(payload), room.key);
  deps.rooms.publish(room, { revoke: said.id, events: [text] });
  deps.hooks.emit(ctx.app.id, 'room.revoked', room.key, text);
  await deps.mesh.settled();
  return { id: input.id, conv: room.key, time: at };
}

/** As what one may take back another's message; undefined: only as its sender. */
export async function roleOver(
  deps: Pick<Deps, 'store'>,
  ctx: Ctx,
  room: Room | undefined,
  sender: string,
): Promise<'app' | 'owner' | 'admin' | undefined> {
  if (ctx.caller === 'admin') return 'app';
  if (!room || sender === ctx.userId) return undefined;
  const mine = room.roleOf(ctx.userId);
  if (mine === 'member' || !outranks(mine, await roleIn(deps, room, sender))) return undefined;
  return mine;
}

function demandSender(ctx: Ctx, sender: string, time: number, now: number): void {
  if (sender !== ctx.userId) throw new MagpieError('FORBIDDEN', { field: 'id', message: 'Only the sender may revoke this message.' }); // prettier-ignore
  const window = ctx.app.settings['recall.window'];
  if (now - time > window) throw new MagpieError('REVOKE_TOO_LATE', { field: 'id', detail: { window } });
}
