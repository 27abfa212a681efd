import type { Client } from '@magpie/client';
import { onScopeDispose, shallowRef, type ShallowRef } from 'vue';

export interface Typing {
  /** Who is writing at present. */
  readonly typists: Readonly<ShallowRef<readonly string[]>>;
  /** The reader wrote something. */
  wrote(): void;
  stopped(): void;
}

/** At most one word about it in this time; the other side forgets it in twice as long. */
const EVERY_MS = 3_000;
const FORGET_MS = 6_000;
/** In larger groups somebody always is. */
const MOST_MEMBERS = 30;

export function useTyping(client: Client, ref: string, memberCount: () => number | undefined): Typing {
  const typists = shallowRef<readonly string[]>([]);
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  let told = 0;

  function matters(): boolean {
    return ref.startsWith('u:') ? ref !== `u:${client.session.userId}` : (memberCount() ?? 0) <= MOST_MEMBERS;
  }

  function say(state: 'begin' | 'end'): void {
    // What is late is worthless: nothing of this may wait for a connection.
    if (!matters() || client.session.state !== 'online') return;
    client.messages.send({ ref, content: { type: 'typing', state }, store: false }).catch(() => undefined);
  }

  function forget(id: string): void {
    clearTimeout(timers.get(id));
    timers.delete(id);
    if (typists.value.includes(id)) typists.value = typists.value.filter((one) => one !== id);
  }

  function heard(id: string): void {
    clearTimeout(timers.get(id));
    timers.set(
      id,
      setTimeout(() => forget(id), FORGET_MS),
    );
    if (!typists.value.includes(id)) typists.value = [...typists.value, id];
  }

  const stop = client.on('messages', ({ ref: where, messages }) => {
    if (where !== ref) return;
    for (const { mine, from, content } of messages) {
      if (mine) continue;
      if (content.type === 'typing' && content.state === 'begin') heard(from);
      else forget(from);
    }
  });
  onScopeDispose(() => {
    stop();
    for (const timer of timers.values()) clearTimeout(timer);
  });

  return {
    typists,
    wrote() {
      if (Date.now() - told < EVERY_MS) return;
      told = Date.now();
      say('begin');
    },
    stopped() {
      if (told === 0) return;
      told = 0;
      say('end');
    },
  };
}
