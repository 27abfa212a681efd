import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Session } from '../session/registry.ts';
import { Seats } from './seats.ts';

const session = (userId: string, instance: string) => ({ userId, instance }) as Session;

it('whatever comes, goes, drops and returns: those connected are listed once each, the others not', () => {
  const act = fc.record({
    what: fc.constantFrom('add', 'lose', 'return', 'remove'),
    user: fc.constantFrom('a', 'b', 'c'),
    instance: fc.constantFrom('1', '2'),
  });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const seats = new Seats();
      const model = new Map<string, boolean>();
      for (const { what, user, instance } of acts) {
        const name = user + instance;
        const seat = seats.seat(user, instance);
        expect(seat !== undefined).toBe(model.has(name));
        if (what === 'add') {
          const fresh = ![...model.keys()].some((other) => other.startsWith(user));
          expect(seats.add(session(user, instance), { role: 'member', mutedUntil: null }, 0)).toBe(fresh);
          model.set(name, true);
        } else if (seat) {
          if (what === 'lose') seats.disconnect(seat);
          if (what === 'return') seats.connect(seat, session(user, instance));
          if (what === 'remove') seats.remove(seat);
          if (what === 'remove') model.delete(name);
          else model.set(name, what === 'return');
        }
        const connected = seats.connected.map(({ occupant, instance: of }) => occupant.user + of);
        const expected = [...model].filter(([, is]) => is).map(([of]) => of);
        expect([...connected].sort()).toEqual(expected.sort());
        expect(seats.connected.every(({ at }, index) => at === index)).toBe(true);
        expect([...seats.occupants.keys()].sort()).toEqual([...new Set([...model.keys()].map((of) => of[0] ?? ''))].sort()); // prettier-ignore
      }
    }),
  );
});
