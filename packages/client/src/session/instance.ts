import { randomText } from '../core/ids.ts';
import type { Resolved } from '../core/options.ts';

export interface Instance {
  readonly id: string;
  /** Gives it back, for the next client of this tab. */
  release(): void;
}

const nothing = (): void => undefined;

/**
 * The identity of this device or tab, which outlives sessions. A tab's lies in its own storage only while the page is away:
 * a browser copies that storage when a tab is duplicated, and two live tabs must not share one identity.
 */
export function claimInstance(options: Resolved): Instance {
  const { instance = 'tab', platform } = options;
  if (typeof instance === 'object') return { id: instance.id, release: nothing };
  const key = `magpie:instance:${options.dialect ?? 'native'}`;
  if (instance === 'shared') {
    const known = platform.storage.get(key);
    if (known !== undefined) return { id: known, release: nothing };
    const id = randomText(platform, 20);
    platform.storage.set(key, id);
    return { id, release: nothing };
  }
  const { tabStorage } = platform;
  const kept = tabStorage?.get(key)?.split(' ') ?? [];
  const id = kept.shift() || randomText(platform, 20);
  const save = (ids: readonly string[]): void =>
    ids.length > 0 ? tabStorage?.set(key, ids.join(' ')) : tabStorage?.remove(key);
  save(kept);
  const giveBack = (): void => {
    const others = (tabStorage?.get(key)?.split(' ') ?? []).filter((one) => one !== '' && one !== id);
    save([...others, id]);
  };
  const unlisten = platform.onLeave?.(giveBack);
  const release = (): void => {
    unlisten?.();
    giveBack();
  };
  return { id, release };
}
