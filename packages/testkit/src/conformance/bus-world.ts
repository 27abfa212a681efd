import type { Bus } from '@magpie/domain';

/** One bus driver, as its conformance suite drives it. */
export interface BusUnderTest {
  /** Another node of the network of this name. Nodes of other networks hear nothing of it. */
  node(network: string): Promise<Bus>;
  /** Takes what is between the nodes away, and brings it back. */
  readonly outage?: BusOutage;
  teardown(): Promise<void>;
}

export interface BusOutage {
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** It stands still: connections stay, nothing answers. */
  freeze(): void;
  thaw(): void;
}

export interface BusWorld {
  /** A node of this test's own network, or of another one. */
  node(network?: string): Promise<Bus>;
  outage(): BusOutage;
}

/** What a subscription has heard, and a promise for more. */
export interface Heard {
  readonly items: readonly (readonly [subject: string, data: string])[];
  readonly data: readonly string[];
  /** Resolves when the test holds; the test's own time limit is the only one. */
  until(done: (data: readonly string[]) => boolean): Promise<void>;
  stop(): void;
}

export function hear(bus: Bus, pattern: string): Heard {
  const items: [string, string][] = [];
  const data: string[] = [];
  const waiting = new Set<() => void>();
  const stop = bus.subscribe(pattern, (text, subject) => {
    items.push([subject, text]);
    data.push(text);
    for (const check of waiting) check();
  });
  return {
    items,
    data,
    until: (done) =>
      new Promise((resolve) => {
        const check = () => {
          if (!done(data)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    stop,
  };
}

let marks = 0;

/** Publishes on `from` until `to` has heard it: what was subscribed before is in force, and what was sent before has come. */
export async function settled(from: Bus, to: Bus): Promise<void> {
  const mark = `mark.${++marks}`;
  const heard = hear(to, mark);
  const again = setInterval(() => from.publish(mark, ''), 20);
  from.publish(mark, '');
  await heard.until((data) => data.length > 0);
  clearInterval(again);
  heard.stop();
}
