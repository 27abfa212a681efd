import { describe, expect, it } from 'vitest';
import { createGate } from './gate.ts';

const never = new AbortController().signal;
/** Lets promises that are ready run. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('gate', () => {
  it('keeps those past the limit of their key waiting, in order', async () => {
    const gate = createGate({ perKey: 1, total: 9, waiting: 9 });
    const order: string[] = [];
    const leave = await gate.enter('a', never);
    const enter = (name: string, key: string): Promise<() => void> =>
      gate.enter(key, never).then((out) => (order.push(name), out));
    const [second, third] = [enter('second', 'a'), enter('third', 'a')];
    await enter('other', 'b');
    expect(order).toEqual(['other']);
    leave();
    (await second)();
    await third;
    expect(order).toEqual(['other', 'second', 'third']);
  });

  it('keeps those past the whole limit waiting', async () => {
    const gate = createGate({ perKey: 9, total: 2, waiting: 9 });
    const leave = await gate.enter('a', never);
    await gate.enter('b', never);
    let inside = false;
    const third = gate.enter('c', never).then(() => (inside = true));
    await turn();
    expect(inside).toBe(false);
    leave();
    await third;
    expect(inside).toBe(true);
  });

  it('refuses when too many wait, and lets go of who gives up', async () => {
    const gate = createGate({ perKey: 1, total: 9, waiting: 1 });
    const leave = await gate.enter('a', never);
    const impatient = new AbortController();
    const waiting = gate.enter('a', impatient.signal);
    await expect(gate.enter('a', never)).rejects.toMatchObject({ kind: 'connect' });
    impatient.abort(new Error('gave up'));
    await expect(waiting).rejects.toThrow('gave up');
    const next = gate.enter('a', never);
    leave();
    (await next)();
    await expect(gate.enter('a', impatient.signal)).rejects.toThrow('gave up');
    expect(await gate.enter('a', never)).toBeTypeOf('function');
  });
});
