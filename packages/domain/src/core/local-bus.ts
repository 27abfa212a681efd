import type { Bus } from '../ports/bus.ts';

interface Subscription {
  readonly tokens: readonly string[];
  readonly handler: (data: string, subject: string) => void;
}

/** The bus of one process: handlers run in the caller's turn, in the order they subscribed. `shared`: by several nodes, for tests. */
export function createLocalBus({ shared = false }: { readonly shared?: boolean } = {}): Bus {
  let subscriptions: readonly Subscription[] = [];
  return {
    shared,
    onStatus: () => () => undefined,
    publish(subject, data) {
      const tokens = subject.split('.');
      for (const { tokens: pattern, handler } of subscriptions)
        if (matches(pattern, tokens)) handler(data, subject);
    },
    subscribe(pattern, handler) {
      const subscription = { tokens: pattern.split('.'), handler };
      subscriptions = [...subscriptions, subscription];
      return () => {
        subscriptions = subscriptions.filter((other) => other !== subscription);
      };
    },
    async close() {
      subscriptions = [];
    },
  };
}

function matches(pattern: readonly string[], subject: readonly string[]): boolean {
  for (let i = 0; i < pattern.length; i++) {
    if (pattern[i] === '>') return subject.length > i;
    if (i >= subject.length || (pattern[i] !== '*' && pattern[i] !== subject[i])) return false;
  }
  return pattern.length === subject.length;
}
