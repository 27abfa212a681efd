import type { Bus } from '@magpie/domain';
import { expect, it } from 'vitest';
import { hear, settled, type BusWorld } from './bus-world.ts';

const GENEROUS = 120_000;

export function busOutageConformance({ node, outage }: BusWorld): void {
  it(
    'says that the way is lost, and that it is back; subscriptions stand again',
    async () => {
      const [a, b] = [await node(), await node()];
      const heard = hear(b, 'x.*');
      const gone = hear(b, 'x.*');
      await settled(a, b);
      const statuses = [watch(a), watch(b)] as const;
      await outage().kill();
      for (const status of statuses) await status.is(false);
      gone.stop();
      const late = hear(b, 'late');
      await outage().restart();
      for (const status of statuses) await status.is(true);
      await settled(a, b);
      a.publish('x.y', 'again');
      a.publish('late', 'made meanwhile');
      await heard.until((data) => data.includes('again'));
      await late.until((data) => data.length > 0);
      expect([heard.data, late.data, gone.data]).toEqual([['again'], ['made meanwhile'], []]);
      expect(statuses.map(({ told }) => told)).toEqual([[false, true], [false, true]]); // prettier-ignore
    },
    GENEROUS,
  );

  it(
    'what is published meanwhile reaches own subscribers in the caller’s turn, and nobody else, ever',
    async () => {
      const [a, b] = [await node(), await node()];
      const [own, other] = [hear(a, 'x'), hear(b, 'x')];
      await settled(a, b);
      const statuses = [watch(a), watch(b)] as const;
      await outage().kill();
      for (const status of statuses) await status.is(false);
      a.publish('x', 'lost');
      expect(own.data).toEqual(['lost']);
      await outage().restart();
      for (const status of statuses) await status.is(true);
      await settled(a, b);
      a.publish('x', 'after');
      await other.until((data) => data.includes('after'));
      expect(other.data).toEqual(['after']);
    },
    GENEROUS,
  );

  it(
    'speaks from within the news that it is up',
    async () => {
      const [a, b] = [await node(), await node()];
      const heard = hear(b, 'back');
      const status = watch(b);
      a.onStatus((up) => {
        // Whoever else was away may be so still.
        if (up) void status.is(true).then(() => settled(a, b)).then(() => a.publish('back', 'a')); // prettier-ignore
        if (up) a.publish('at-once', 'a');
      });
      await outage().restart();
      await heard.until((data) => data.length > 0);
      expect(heard.data).toEqual(['a']);
    },
    GENEROUS,
  );

  it(
    'survives being away again and again',
    async () => {
      const [a, b] = [await node(), await node()];
      const heard = hear(b, 'x');
      const [sa, sb] = [watch(a), watch(b)];
      for (let round = 1; round <= 5; round++) {
        await outage().restart();
        await sa.count(2 * round);
        await sb.count(2 * round);
        await settled(a, b);
        a.publish('x', String(round));
        await heard.until((data) => data.includes(String(round)));
      }
      expect(heard.data).toEqual(['1', '2', '3', '4', '5']);
      expect(sa.told).toEqual(Array.from({ length: 5 }, () => [false, true]).flat());
    },
    GENEROUS,
  );

  it(
    'notices a server that stands still, while it is being written to without end',
    async () => {
      const [a, b] = [await node(), await node()];
      const heard = hear(b, 'x');
      await settled(a, b);
      const statuses = [watch(a), watch(b)] as const;
      const flood = 'f'.repeat(200_000);
      outage().freeze();
      let down = false;
      void statuses[0].is(false).then(() => (down = true));
      // Far more than a socket's buffers hold, so that what is written has nowhere to go.
      for (let i = 0; i < 500 && !down; i++) {
        a.publish('flood', flood);
        await new Promise((resolve) => setImmediate(resolve));
      }
      for (const status of statuses) await status.is(false);
      outage().thaw();
      for (const status of statuses) await status.is(true);
      await settled(a, b);
      a.publish('x', 'again');
      await heard.until((data) => data.includes('again'));
      expect(heard.data).toEqual(['again']);
    },
    GENEROUS,
  );

  it(
    'ends while the server is away, and says nothing of it',
    async () => {
      const [a, frozen] = [await node(), await node()];
      const [status, other] = [watch(a), watch(frozen)];
      await outage().kill();
      await status.is(false);
      await a.close();
      await outage().restart();
      await other.count(2);
      expect(status.told).toEqual([false]);
      outage().freeze();
      await frozen.close();
      outage().thaw();
      expect(other.told).toEqual([false, true]);
    },
    GENEROUS,
  );
}

interface Status {
  readonly told: readonly boolean[];
  is(up: boolean): Promise<void>;
  count(n: number): Promise<void>;
}

function watch(bus: Bus): Status {
  const told: boolean[] = [];
  const waiting = new Set<() => void>();
  bus.onStatus((up) => {
    told.push(up);
    for (const check of waiting) check();
  });
  const until = (done: () => boolean) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (!done()) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  return {
    told,
    is: (up) => until(() => told.at(-1) === up),
    count: (n) => until(() => told.length >= n),
  };
}
