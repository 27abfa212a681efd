import { randomUUID } from 'node:crypto';
import type { TestServer } from '@magpie/testkit/network';
import { connectRawClient, type RawClient } from '@magpie/testkit/raw-client';

/** A raw client with an open session of a demo user. */
export async function signIn(
  server: TestServer,
  user: string,
  more: Record<string, unknown> = {},
): Promise<RawClient> {
  const client = await connectRawClient(server.url);
  const { userSig } = await server.credentials(user);
  await client.request('session.open', { token: userSig, instance: `i-${randomUUID().slice(0, 8)}`, platform: 'web', protocol: 1, ...more }); // prettier-ignore
  return client;
}

export function textTo(ref: string, text: string, clientId: string = `t:${randomUUID()}`) {
  return { ref, clientId, content: { type: 'text' as const, text } };
}
