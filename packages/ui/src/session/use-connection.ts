import type { Client } from '@magpie/client';
import { computed, onScopeDispose, shallowRef, type ComputedRef } from 'vue';

/** What a person needs to know of the connection. */
export type ConnectionMood = 'fine' | 'connecting' | 'offline' | 'syncing';

/** Short gaps are not worth a word. */
const GRACE_MS = 800;

export interface Connection {
  readonly mood: ComputedRef<ConnectionMood>;
  /** The first sync of this login is over: what is shown is complete. */
  readonly ready: ComputedRef<boolean>;
  readonly online: ComputedRef<boolean>;
}

export function useConnection(client: Client): Connection {
  const state = shallowRef(client.session.state);
  const ready = shallowRef(client.session.ready);
  const syncing = shallowRef(false);
  const network = shallowRef(navigator.onLine);
  const late = shallowRef(client.session.state !== 'online');
  let timer: ReturnType<typeof setTimeout> | undefined;

  function settle(): void {
    clearTimeout(timer);
    if (state.value === 'online' && !syncing.value) late.value = false;
    else if (!late.value) timer = setTimeout(() => (late.value = true), GRACE_MS);
  }
  const hint = (): void => void (network.value = navigator.onLine);
  addEventListener('online', hint);
  addEventListener('offline', hint);
  const stops = [
    client.on('state', (change) => {
      state.value = change.state;
      settle();
    }),
    client.on('syncing', () => {
      syncing.value = true;
      settle();
    }),
    client.on('ready', () => {
      syncing.value = false;
      ready.value = true;
      settle();
    }),
  ];
  onScopeDispose(() => {
    clearTimeout(timer);
    removeEventListener('online', hint);
    removeEventListener('offline', hint);
    stops.forEach((stop) => stop());
  });
  const mood = computed<ConnectionMood>(() => {
    if (!late.value || state.value === 'idle') return 'fine';
    if (state.value === 'online') return syncing.value ? 'syncing' : 'fine';
    return network.value ? 'connecting' : 'offline';
  });
  return { mood, ready: computed(() => ready.value), online: computed(() => state.value === 'online') };
}
