import type { RequestListener } from 'node:http';
import { OutboundError, type Outbound, type OutboundErrorKind, type OutboundRequest } from '@magpie/domain';
import { afterEach, expect } from 'vitest';
import { createOutbound, type OutboundOptions } from '../outbound.ts';
import type { Peer } from './peer.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

/** Closed after the test. */
export async function use(peer: Promise<Peer>): Promise<Peer> {
  open.push(await peer);
  return await peer;
}

export function outboundTo(options: Partial<OutboundOptions> = {}): Outbound {
  const outbound = createOutbound({ allow: ['127.0.0.1'], resolve: async () => ['127.0.0.1'], ...options });
  open.push(outbound);
  return outbound;
}

/** No resolver in the world knows `hooks.test`: whoever asks a second time fails. */
export const ask = (peer: Peer, request: Partial<OutboundRequest> = {}): OutboundRequest => ({
  url: `http://hooks.test:${peer.port}/hook?a=1`,
  timeout: 5_000,
  maxBytes: 1_000,
  ...request,
});

/** What kind of `OutboundError` it ends with. */
export async function failure(work: Promise<unknown>): Promise<OutboundErrorKind> {
  const error = await work.then(
    (value) => expect.fail(`answered ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(OutboundError);
  expect((error as OutboundError).message).not.toMatch(/\d+\.\d+\.\d+\.\d+/);
  return (error as OutboundError).kind;
}

export const echo: RequestListener = (request, response) => {
  const { method, url, headers } = request;
  let body = '';
  request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
  request.on('end', () => response.setHeader('x-two', ['a', 'b']).end(JSON.stringify({ method, url, host: headers.host, type: headers['content-type'], body }))); // prettier-ignore
};
