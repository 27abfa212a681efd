import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { INITIAL, step, type Effect, type MachineEvent, type MachineState } from './machine.ts';

const EVENTS: readonly MachineEvent[] = [
  { type: 'start' },
  { type: 'socketOpen' },
  { type: 'accepted' },
  { type: 'deferred', after: 700 },
  { type: 'closed', after: 0 },
  { type: 'silent' },
  { type: 'due' },
  { type: 'networkUp' },
  { type: 'networkDown' },
  { type: 'moveOn', after: 900 },
  { type: 'end' },
];

/** What a driver would have open after these effects: a model that knows nothing of the table. */
function world() {
  const now = { socket: false, timer: false, live: false };
  const apply = (effect: Effect): void => {
    switch (effect.do) {
      case 'dial':
        expect(now.socket, 'a second socket').toBe(false);
        now.socket = true;
        break;
      case 'hangUp':
        now.socket = false;
        break;
      case 'wait':
      case 'alarm':
        now.timer = true;
        break;
      case 'unwait':
        now.timer = false;
        break;
      case 'goOnline':
        now.live = true;
        break;
      case 'goOffline':
        expect(now.live, 'lost what it never had').toBe(true);
        now.live = false;
        break;
      case 'sendOpen':
      case 'probe':
        expect(now.socket).toBe(true);
        break;
    }
  };
  return { now, apply };
}

/** Events that can happen in a world: a closed socket says nothing, a timer that is not set never rings. */
function possible(event: MachineEvent, now: { socket: boolean; timer: boolean }): boolean {
  if (event.type === 'due') return now.timer;
  return (
    !['socketOpen', 'accepted', 'deferred', 'closed', 'silent', 'moveOn'].includes(event.type) || now.socket
  );
}

describe('connection machine', () => {
  test('whatever happens: one socket at most, online means live, idle means nothing is open, waiting means a timer runs', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...EVENTS), { maxLength: 60 }), (events) => {
        let state: MachineState = INITIAL;
        const { now, apply } = world();
        for (const event of events) {
          if (!possible(event, now)) continue;
          if (event.type === 'due') now.timer = false;
          const socketDied = event.type === 'closed';
          if (socketDied) now.socket = false;
          const next = step(state, event);
          next.effects.forEach(apply);
          // A socket that closed before it was dialled again cannot be the new one.
          state = next.state;
          expect(now.live).toBe(state.name === 'online');
          expect(now.socket).toBe(
            state.name === 'dialing' || state.name === 'opening' || state.name === 'online',
          );
          if (state.name === 'waiting') expect(now.timer).toBe(true);
          if (state.name === 'idle') expect(now).toEqual({ socket: false, timer: false, live: false });
        }
      }),
    );
  });

  test('failures in a row raise the attempt, success forgets them', () => {
    let state: MachineState = step(INITIAL, { type: 'start' }).state;
    const waits: number[] = [];
    const feed = (event: MachineEvent): void => {
      const next = step(state, event);
      for (const effect of next.effects) if (effect.do === 'wait') waits.push(effect.attempt);
      state = next.state;
    };
    for (let i = 0; i < 3; i++) {
      feed({ type: 'closed', after: 0 });
      feed({ type: 'due' });
    }
    feed({ type: 'socketOpen' });
    feed({ type: 'accepted' });
    feed({ type: 'closed', after: 0 });
    expect(waits).toEqual([0, 1, 2, 0]);
  });

  test('news of a network cuts the waiting short', () => {
    const waiting = step(step(INITIAL, { type: 'start' }).state, { type: 'closed', after: 0 }).state;
    expect(waiting.name).toBe('waiting');
    expect(step(waiting, { type: 'networkUp' })).toEqual({
      state: { name: 'dialing', attempt: 0 },
      effects: [{ do: 'unwait' }, { do: 'dial' }],
    });
  });
});
