import { markedBody } from '../clients/marks.ts';
import type { User } from '../clients/user.ts';
import { PRIORITIES, type LoadInput, type OpenLoad, type RoomLoad, type Targets } from './calls.ts';
import type { Meter } from './meter.ts';
import { targetsOf } from './targets.ts';

/** Ends the load. */
export type Stop = () => void;

type Load<K extends LoadInput['kind']> = Extract<LoadInput, { kind: K }>;

/** Sends `batch` messages of one user to those it writes to, in turn. */
function senderOver(users: readonly User[], targets: Targets, meter: Meter, batch = 1): (me: number) => void {
  const lists = targetsOf(targets, users.length);
  const turns = new Uint32Array(users.length);
  return (me) => {
    const list = lists[me] ?? [];
    const sender = users[me];
    if (!sender) return;
    if (targets.kind === 'group') {
      sender.sendGroup(markedBody(sender.id, me));
      meter.sent();
      return;
    }
    if (list.length === 0) return;
    const next = () => users[list[turns[me]!++ % list.length]!]!.id;
    if (batch === 1) sender.sendDirect(next(), markedBody(sender.id, me));
    else sender.sendMany(Array.from({ length: batch }, () => [next(), markedBody(sender.id, me)]));
    meter.sent(batch);
  };
}

/** What arrives frees a place in its sender's window. */
export function closedLoad(users: readonly User[], { window, targets }: Load<'closed'>, meter: Meter): Stop {
  const send = senderOver(users, targets, meter);
  let stopped = false;
  for (const user of users) {
    user.onMark = (slot, sentAt) => {
      meter.delivered(sentAt);
      meter.done();
      if (!stopped) send(slot);
    };
  }
  for (let k = 0; k < window; k++) users.forEach((_, me) => send(me));
  return () => {
    stopped = true;
  };
}

/** A fixed rate over all users in turn. */
export function openLoad(
  users: readonly User[],
  { perSecond, targets, beyond }: OpenLoad,
  meter: Meter,
): Stop {
  const batch = beyond?.batch ?? 1;
  const send = senderOver(users, targets, meter, batch);
  for (const user of users) {
    user.onMark = (_slot, sentAt) => {
      meter.delivered(sentAt);
      if (!beyond) meter.done();
    };
    if (!beyond) continue;
    user.onDone = () => meter.done();
    user.onError = (text) => meter.refused(text);
  }
  return ticks(perSecond / batch, (turn) => {
    const me = turn % users.length;
    // The driver's own memory is bounded too.
    if ((users[me]?.queued ?? 0) < MAX_QUEUED) send(me);
  });
}

const MAX_QUEUED = 64 * 1024;

/** As many messages in flight as asked; a message is done when everybody but its sender has it. */
export function groupLoad(users: readonly User[], { inFlight, senders }: Load<'group'>, meter: Meter): Stop {
  const missing = new Int32Array(inFlight);
  let stopped = false;
  let next = 0;
  const send = (slot: number) => {
    const sender = users[next++ % senders];
    if (!sender || stopped) return;
    missing[slot] = users.length - 1;
    sender.sendGroup(markedBody(sender.id, slot));
    meter.sent();
  };
  for (const user of users) {
    user.onMark = (slot, sentAt) => {
      meter.delivered(sentAt);
      if (--missing[slot]! > 0) return;
      meter.done();
      send(slot);
    };
  }
  for (let slot = 0; slot < inFlight; slot++) send(slot);
  return () => {
    stopped = true;
  };
}

/** Tells when all users of this driver have a message; who sent it does not get it. */
export function watchLoad(
  users: readonly User[],
  { sends }: Load<'watch'>,
  meter: Meter,
  everybody: (slot: number) => void,
): Stop {
  const expected = users.length - (sends ? 1 : 0);
  const arrived = new Map<number, number>();
  for (const user of users) {
    user.onMark = (slot, sentAt) => {
      meter.delivered(sentAt);
      const count = (arrived.get(slot) ?? 0) + 1;
      arrived.set(slot, count);
      if (count === expected) everybody(slot);
    };
  }
  return () => undefined;
}

/** Messages of all priorities in turn; counts by priority what was sent, dropped and what arrived. */
export function roomLoad(users: readonly User[], { room, perSecond, senders }: RoomLoad, meter: Meter): Stop {
  for (const user of users) {
    user.onMark = (place, sentAt) => {
      meter.delivered(sentAt);
      meter.count(`arrived ${PRIORITIES[place]}`);
    };
  }
  return ticks(perSecond, (turn) => {
    const place = turn % PRIORITIES.length;
    const priority = PRIORITIES[place] ?? 'normal';
    const sender = users[Math.floor(turn / PRIORITIES.length) % senders];
    if (!sender) return;
    meter.count(`sent ${priority}`);
    void sender
      .sendRoom(room, markedBody(sender.id, place), priority)
      .then((dropped) => meter.count(`${dropped ? 'dropped' : 'taken'} ${priority}`));
  });
}

/** Calls `send` so many times a second, in ticks of a millisecond; what a late tick missed is made up for. */
function ticks(perSecond: number, send: (turn: number) => void): Stop {
  const start = performance.now();
  let turn = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - start) / 1000) * perSecond;
    while (turn < due) send(turn++);
  }, 1);
  return () => clearInterval(timer);
}
