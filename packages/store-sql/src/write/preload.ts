import { laneKey, type LaneName } from '../hot/outbox.ts';
import type { HotWriter } from '../hot/types.ts';
import type { Unit } from './batch.ts';
import { userLane, type AnyOp } from './context.ts';
import { pairKey, type States } from './states.ts';

/** Loads, and where the database has them locks, the rows that the units name; in one order everywhere, against deadlocks. */
export async function preload(hot: HotWriter, states: States, units: readonly Unit[]): Promise<void> {
  const names: Extract<AnyOp, { op: 'append' }>[] = [];
  const conversations = new Set<number>();
  const users = new Map<string, { app: string; id: string }>();
  const participants = new Map<string, { conv: number; user: string }>();
  for (const unit of units) {
    for (const op of unit) {
      switch (op.op) {
        case 'append':
          names.push(op);
          conversations.add(op.conv);
          break;
        case 'change':
        case 'message.replace':
        case 'member.dismissAll':
        case 'group.set':
        case 'room.users.put':
        case 'purge.entries':
        case 'message.erase':
          conversations.add(op.conv);
          break;
        case 'participant.put':
        case 'member.put':
        case 'member.role':
        case 'deleted.add':
          conversations.add(op.conv);
          participants.set(pairKey(op.conv, op.user), { conv: op.conv, user: op.user });
          break;
        case 'log':
        case 'block.put':
          users.set(pairKey(op.app, op.user), { app: op.app, id: op.user });
          break;
        case 'subscription.put':
          users.set(pairKey(op.app, op.watcher), { app: op.app, id: op.watcher });
          break;
        case 'user.set':
          users.set(pairKey(op.app, op.id), { app: op.app, id: op.id });
          break;
      }
    }
  }
  if (conversations.size > 0) {
    const nums = [...conversations].sort((a, b) => a - b);
    states.conversations.load(await hot.loadConversations(nums));
  }
  if (hot.loadNames) await hot.loadNames(names);
  if (participants.size > 0) states.participants.load(await hot.loadParticipants([...participants.values()]));
  if (users.size > 0) {
    const keys = [...users].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key);
    states.users.load(await hot.loadUsers(keys));
  }
  if (hot.outbox.lock && units.some((unit) => unit.some(({ op }) => op === 'outbox.settle'))) {
    await hot.outbox.lock(lanesOf(units, states));
  }
}

/** Lanes a batch settles or adds to. Batches that only add lock theirs at their end, in the same order. */
function lanesOf(units: readonly Unit[], states: States): readonly LaneName[] {
  const lanes = new Map<string, LaneName>();
  const add = (app: string, hooks: readonly string[] | undefined, lane: string | undefined): void => {
    if (lane === undefined) return;
    for (const hook of hooks ?? []) lanes.set(laneKey({ app, hook, lane }), { app, hook, lane });
  };
  for (const op of units.flat()) {
    if (op.op === 'append' || op.op === 'change')
      add(op.app, op.hooks, states.conversations.get(op.conv)?.key);
    else if (op.op === 'log') add(op.app, op.hooks, userLane(op.user));
    else if (op.op === 'outbox.add') add(op.app, op.hooks, op.lane);
    else if (op.op === 'outbox.settle') add(op.app, [op.hook], op.lane);
  }
  return [...lanes.values()];
}
