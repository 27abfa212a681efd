import { onScopeDispose, shallowRef, type ShallowRef } from 'vue';

/** A clock for what is told relative to now; moves once a minute. */
export function useNow(): Readonly<ShallowRef<number>> {
  const now = shallowRef(Date.now());
  const timer = setInterval(() => (now.value = Date.now()), 60_000);
  onScopeDispose(() => clearInterval(timer));
  return now;
}
