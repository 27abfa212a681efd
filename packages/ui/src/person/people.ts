import type { Client } from '@magpie/client';
import { shallowRef } from 'vue';
import { plainName } from '../format/text.ts';

/** Names and pictures for templates: reading one makes the template follow it, and asks the server once where it is unknown. */
export interface People {
  name(id: string, ref?: string): string;
  avatar(id: string): string | undefined;
  /** What the client knows may have changed. */
  refresh(): void;
  close(): void;
}

const MOST_AT_ONCE = 100;

export function createPeople(client: Client): People {
  const version = shallowRef(0);
  const asked = new Set<string>();
  const wanted: string[] = [];

  const refresh = (): void => void version.value++;

  async function ask(): Promise<void> {
    const ids = wanted.splice(0, MOST_AT_ONCE);
    if (wanted.length > 0) queueMicrotask(() => void ask());
    try {
      await client.users.get(ids);
      refresh();
    } catch {
      // Ids do for names; the next sync is another chance.
      for (const id of ids) asked.delete(id);
    }
  }

  function want(id: string): void {
    if (asked.has(id)) return;
    asked.add(id);
    wanted.push(id);
    if (wanted.length === 1) queueMicrotask(() => void ask());
  }

  function known(
    id: string,
    ref?: string,
  ): { card?: string | undefined; name?: string | undefined; avatar?: string | undefined } {
    void version.value;
    if (id === client.session.userId && client.session.profile) {
      const { name, avatar } = client.session.profile;
      return { ...client.users.person(id, ref), name, avatar };
    }
    const person = client.users.person(id, ref);
    if (person.name === undefined && person.card === undefined) want(id);
    return person;
  }

  const stops = (['messages', 'conversations', 'ready', 'group', 'profile'] as const).map((event) =>
    client.on(event, refresh),
  );
  return {
    name(id, ref) {
      const { card, name } = known(id, ref);
      return plainName(card || name || id) || id;
    },
    avatar: (id) => known(id).avatar || undefined,
    refresh,
    close: () => stops.forEach((stop) => stop()),
  };
}
