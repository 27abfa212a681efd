import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTestServer } from '@magpie/testkit/network';
import { expect, it } from 'vitest';
import { signIn, textTo } from '../protocol/support.ts';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code?: number };
}
interface Body {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { readonly key: string; readonly value: unknown }[] };
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

it('spans of request, commit and fan-out go to the collector, in its own form', async () => {
  const bodies: Body[] = [];
  const collector = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      expect([request.method, request.url, request.headers['content-type']]).toEqual(['POST', '/v1/traces', 'application/json']); // prettier-ignore
      bodies.push(JSON.parse(text) as Body);
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const { port } = collector.address() as AddressInfo;
  const server = await createTestServer({
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}/` },
  });
  const alice = await signIn(server, 'alice');
  const secret = 'what was said';
  // One in seven is followed, the first of them.
  for (let i = 0; i < 8; i++) await alice.request('message.send', textTo('u:bob', secret));
  await alice.refused('no.such', {});
  // What waits is sent before the end.
  await server.close();
  collector.closeAllConnections();
  collector.close();

  const [body] = bodies;
  expect(body?.resourceSpans[0]?.resource.attributes).toContainEqual({ key: 'service.name', value: { stringValue: 'magpie' } }); // prettier-ignore
  const spans = bodies.flatMap(({ resourceSpans }) => resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans))); // prettier-ignore
  const sends = spans.filter(({ name }) => name === 'message.send');
  expect(sends.length).toBe(2);
  for (const { traceId, spanId, startTimeUnixNano, endTimeUnixNano } of sends) {
    expect([traceId.length, spanId.length]).toEqual([32, 16]);
    const inside = spans.filter((span) => span.parentSpanId === spanId && span.traceId === traceId);
    expect(inside.map(({ name }) => name).filter((name) => name !== 'commit')).toEqual(['fan-out']);
    expect(inside.map(({ name }) => name)).toContain('commit');
    for (const span of inside) {
      expect(BigInt(span.startTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(startTimeUnixNano));
      expect(BigInt(span.endTimeUnixNano)).toBeLessThanOrEqual(BigInt(endTimeUnixNano));
    }
  }
  expect(spans.find(({ name }) => name === 'unknown')?.status).toEqual({ code: 2 });
  expect(JSON.stringify(bodies)).not.toContain(secret);
});

it('a collector that is away costs nothing but its spans', async () => {
  const server = await createTestServer({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' } });
  const alice = await signIn(server, 'alice');
  await alice.request('message.send', textTo('u:bob', 'x'));
  await server.close();
});
