import type { ChatSDK } from '@magpie/tim';

/** Every event of a name from now on; `take` waits for the next that fits. */
export function listen<T>(chat: ChatSDK, name: string) {
  const seen: T[] = [];
  let waiting: (() => void)[] = [];
  chat.on(name, (event: { data: T }) => {
    seen.push(event.data);
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  });
  const take = async (fits: (data: T) => boolean = () => true): Promise<T> => {
    for (;;) {
      const found = seen.findIndex(fits);
      if (found >= 0) return seen.splice(found, 1)[0] as T;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  return { seen, take };
}
