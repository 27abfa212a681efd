import type { Client, ClientOptions, ConversationView } from '@magpie/client';
import { createCutProxy, type CutProxy } from '@magpie/testkit/cut-proxy';
import { afterAll, beforeAll } from 'vitest';
import { next } from '../../scenarios/support/clients.ts';
import { clientsOf, startNode, type VersionedNode, type VersionedNodeOptions, type Which } from './node.ts';

export interface World {
  readonly node: VersionedNode;
  readonly proxy: CutProxy;
  login(user: string, options?: ClientOptions): Promise<Client>;
}

/** A server of one version and clients of the other, behind a proxy that can be cut. */
export function useWorld(servers: Which, clients: Which, options?: VersionedNodeOptions): World {
  let node: VersionedNode | undefined;
  let proxy: CutProxy | undefined;
  const made: Client[] = [];
  beforeAll(async () => {
    node = await startNode(servers, options);
    proxy = await createCutProxy(node);
  });
  afterAll(async () => {
    await Promise.all(made.map((client) => client.destroy()));
    await proxy?.close();
    await node?.close();
  });
  return {
    get node() {
      return node!;
    },
    get proxy() {
      return proxy!;
    },
    login: async (user, more) => {
      const create = await clientsOf(clients);
      const client = create({ server: proxy!.url, sendTimeout: Number.POSITIVE_INFINITY, ...more });
      made.push(client);
      const ready = next(client, 'ready');
      await client.session.open({ token: await node!.userSig(user), user });
      await ready;
      return client;
    },
  };
}

/** Until a row of the list fits; it may fit already. */
export async function row(
  client: Client,
  ref: string,
  fits: (row: ConversationView) => boolean,
): Promise<void> {
  const now = (): boolean => {
    const held = client.conversations.get(ref);
    return held !== undefined && fits(held);
  };
  if (!now()) await next(client, 'conversations', now);
}
