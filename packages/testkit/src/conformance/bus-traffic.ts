import { expect, it } from 'vitest';
import { hear, settled, type BusWorld } from './bus-world.ts';

export function busTrafficConformance({ node }: BusWorld): void {
  it('carries data to every node, the publisher included, once', async () => {
    const [a, b, c] = [await node(), await node(), await node()];
    const heard = [a, b, c].map((bus) => hear(bus, 'app.changed'));
    await settled(a, b);
    await settled(a, c);
    a.publish('app.changed', 'x');
    a.publish('app.changed', 'end');
    for (const one of heard) await one.until((data) => data.includes('end'));
    expect(heard.map(({ data }) => data)).toEqual([['x', 'end'], ['x', 'end'], ['x', 'end']]); // prettier-ignore
  });

  it('own subscribers hear in the caller’s turn, in the order they subscribed', async () => {
    const bus = await node();
    const order: string[] = [];
    bus.subscribe('a.*', () => order.push('first'));
    bus.subscribe('a.b', () => order.push('second'));
    bus.publish('a.b', '');
    order.push('after');
    expect(order).toEqual(['first', 'second', 'after']);
  });

  it('a star stands for one token, a final > for one or more', async () => {
    const [a, b] = [await node(), await node()];
    const patterns = ['x.y', 'x.*', '*.y', 'x.>', '>', 'x.*.z', 'x', 'X.y'];
    const heard = patterns.map((pattern) => hear(b, pattern));
    await settled(a, b);
    const before = heard.map(({ data }) => data.length);
    const subjects = ['x', 'x.y', 'x.y.z', 'q.y', 'x.yy'];
    for (const subject of subjects) a.publish(subject, subject);
    await heard[4]?.until((data) => data.includes('x.yy'));
    const got = heard.map(({ items }, i) => items.slice(before[i]).map(([subject]) => subject));
    expect(Object.fromEntries(patterns.map((pattern, i) => [pattern, got[i]]))).toEqual({
      'x.y': ['x.y'],
      'x.*': ['x.y', 'x.yy'],
      '*.y': ['x.y', 'q.y'],
      'x.>': ['x.y', 'x.y.z', 'x.yy'],
      '>': subjects,
      'x.*.z': ['x.y.z'],
      x: ['x'],
      'X.y': [],
    });
  });

  it('two subscriptions of one pattern both hear, and end apart', async () => {
    const [a, b] = [await node(), await node()];
    const [one, two] = [hear(b, 's.t'), hear(b, 's.t')];
    await settled(a, b);
    a.publish('s.t', '1');
    await two.until((data) => data.includes('1'));
    one.stop();
    one.stop();
    a.publish('s.t', '2');
    await two.until((data) => data.includes('2'));
    two.stop();
    b.publish('s.t', '3');
    a.publish('s.t', '3');
    await settled(a, b);
    expect([one.data, two.data]).toEqual([['1'], ['1', '2']]);
  });

  it('a subscriber that leaves while it hears hears no more', async () => {
    const [a, b] = [await node(), await node()];
    const got: string[] = [];
    const leave = b.subscribe('s', (data) => {
      got.push(data);
      leave();
    });
    await settled(a, b);
    for (let i = 0; i < 10; i++) a.publish('s', String(i));
    await settled(a, b);
    expect(got).toEqual(['0']);
  });

  it('a handler that throws is heard by nobody else: others and later data come', async () => {
    const [a, b] = [await node(), await node()];
    let thrown = 0;
    b.subscribe('s', () => {
      thrown++;
      throw new Error('a subscriber’s own mistake');
    });
    await settled(a, b);
    const tolerant = (data: string) => {
      // Within one process a publisher may be told.
      try {
        a.publish('s', data);
      } catch {
        return;
      }
    };
    tolerant('1');
    tolerant('2');
    await settled(a, b);
    expect(thrown).toBe(2);
  });

  it('what a handler publishes comes after what it heard', async () => {
    const [a, b] = [await node(), await node()];
    a.subscribe('ask', () => a.publish('answer', 'answer'));
    const heard = hear(b, '*');
    await settled(a, b);
    a.publish('ask', 'ask');
    await heard.until((data) => data.includes('answer') && data.includes('ask'));
    if (a !== b) expect(heard.data.filter((text) => text !== '')).toEqual(['ask', 'answer']);
  });

  it('keeps every publisher’s order through a burst of ten thousand', async () => {
    const [a, b, c] = [await node(), await node(), await node()];
    const heard = hear(c, 'burst.*');
    await settled(a, c);
    await settled(b, c);
    for (let i = 0; i < 10_000; i++) {
      a.publish(`burst.${i % 7}`, `a ${i}`);
      if (i % 10 === 0) b.publish('burst.b', `b ${i / 10}`);
    }
    await heard.until((data) => data.length >= 11_000);
    const of = (who: string) => heard.data.filter((text) => text.startsWith(who));
    expect(of('a')).toEqual(Array.from({ length: 10_000 }, (_, i) => `a ${i}`));
    expect(of('b')).toEqual(Array.from({ length: 1_000 }, (_, i) => `b ${i}`));
  });

  it('carries any text as it is', async () => {
    const [a, b] = [await node(), await node()];
    const heard = hear(b, 'text');
    await settled(a, b);
    const texts = ['', '鹊桥 \u{1f426} é', '{"a":"\\u0000\\n"}', '\r\nPUB x 1\r\ny\r\n', ' '.repeat(3), 'z'.repeat(500_000), '鹊'.repeat(300_000)]; // prettier-ignore
    for (const text of texts) a.publish('text', text);
    await heard.until((data) => data.length >= texts.length);
    expect(heard.data).toEqual(texts);
  });

  it('networks hear nothing of each other', async () => {
    const [a, b, other] = [await node(), await node(), await node('-other')];
    const [near, far] = [hear(b, '>'), hear(other, '>')];
    await settled(a, b);
    a.publish('x.y', 'here');
    await near.until((data) => data.includes('here'));
    await settled(other, other);
    expect(far.data).not.toContain('here');
  });

  it('after its end neither speaks nor hears', async () => {
    const [a, b] = [await node(), await node()];
    const heard = hear(a, 's');
    await settled(b, a);
    await a.close();
    a.publish('s', 'late');
    b.publish('s', 'late');
    await a.close();
    expect(heard.data).toEqual([]);
  });

  it('is up without being told so', async () => {
    const bus = await node();
    const told: boolean[] = [];
    const stop = bus.onStatus((up) => told.push(up));
    await settled(bus, bus);
    stop();
    stop();
    expect(told).toEqual([]);
  });
}
