import type { Client } from '@magpie/client';
import type { Group, Member } from '@magpie/protocol';
import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue';

export interface GroupState {
  readonly group: Readonly<ShallowRef<Group | undefined>>;
  readonly members: Readonly<ShallowRef<readonly Member[]>>;
  /** Where the next page of members begins; absent: all are here. */
  readonly next: Readonly<ShallowRef<string | undefined>>;
  readonly loading: Readonly<Ref<boolean>>;
  readonly failure: Readonly<ShallowRef<unknown>>;
  load(): Promise<void>;
  more(): Promise<void>;
}

const PAGE = 100;

/** A group and its members, as long as somebody looks; read anew when something happens to it. */
export function useGroup(client: Client, id: string, options: { readonly members: boolean }): GroupState {
  const group = shallowRef<Group>();
  const members = shallowRef<readonly Member[]>([]);
  const next = shallowRef<string>();
  const loading = ref(true);
  const failure = shallowRef<unknown>();
  let round = 0;

  async function load(): Promise<void> {
    const mine = ++round;
    loading.value = true;
    failure.value = undefined;
    try {
      const [groups, page] = await Promise.all([
        client.groups.get([id]),
        options.members ? client.groups.members(id, { limit: PAGE }) : undefined,
      ]);
      if (mine !== round) return;
      group.value = groups[0];
      members.value = page?.members ?? [];
      next.value = page?.next;
    } catch (thrown) {
      if (mine === round) failure.value = thrown;
    } finally {
      if (mine === round) loading.value = false;
    }
  }

  async function more(): Promise<void> {
    const cursor = next.value;
    if (cursor === undefined) return;
    const mine = round;
    const page = await client.groups.members(id, { limit: PAGE, cursor });
    if (mine !== round) return;
    members.value = [...members.value, ...page.members];
    next.value = page.next;
  }

  const stop = client.on('group', (event) => {
    if (event.group.id === id && event.change !== 'dismissed') void load();
  });
  onScopeDispose(() => {
    round += 1;
    stop();
  });
  void load();
  return { group, members, next, loading, failure, load, more };
}
