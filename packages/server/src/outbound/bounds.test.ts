import type { RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { httpPeer, rawPeer, type Peer } from './testing/peer.ts';
import { ask, echo, failure, outboundTo, use } from './testing/world.ts';

describe('time', () => {
  const hurry = { timeout: 150 };

  it('ends a wait for the name', async () => {
    const outbound = outboundTo({ resolve: () => new Promise(() => undefined) });
    expect(await failure(outbound.request({ url: 'http://hooks.test/', timeout: 30, maxBytes: 1 }))).toBe('timeout'); // prettier-ignore
  });

  it('ends a wait for an answer', async () => {
    const peer = await use(httpPeer(() => undefined));
    expect(await failure(outboundTo().request(ask(peer, hurry)))).toBe('timeout');
  });

  it('ends a wait for one’s turn', async () => {
    const peer = await use(httpPeer(() => undefined));
    const outbound = outboundTo({ limits: { perKey: 1 } });
    const both = [outbound.request(ask(peer, hurry)), outbound.request(ask(peer, { timeout: 50 }))];
    expect(await Promise.all(both.map(failure))).toEqual(['timeout', 'timeout']);
    expect(peer.taken()).toBe(1);
  });

  it('ends a handshake that never comes', async () => {
    const peer = await use(rawPeer(() => undefined));
    const url = `https://hooks.test:${peer.port}/`;
    expect(await failure(outboundTo().request(ask(peer, { ...hurry, url })))).toBe('timeout');
  });

  it.each([
    ['body', 'HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n', 'x'],
    ['headers', 'HTTP/1.1 200 OK\r\n', 'x-a: b\r\n'],
    ['preludes', '', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
  ])('ends an answer whose %s drip', async (_what, start, drop) => {
    const peer = await use(
      rawPeer((socket) => {
        socket.write(start);
        const drip = setInterval(() => socket.write(drop), 10);
        socket.on('close', () => clearInterval(drip));
      }),
    );
    expect(await failure(outboundTo().request(ask(peer, { ...hurry, maxBytes: 1e6 })))).toBe('timeout');
  });

  it('ends a request that its peer does not read', async () => {
    const peer = await use(rawPeer((socket) => socket.pause()));
    const request = ask(peer, { ...hurry, method: 'POST', body: 'x'.repeat(1024 * 1024) });
    expect(await failure(outboundTo().request(request))).toBe('timeout');
  });

  it('ends, and with it the connection', async () => {
    let closed: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => (closed = resolve));
    const peer = await use(rawPeer((socket) => socket.resume().on('close', closed)));
    await failure(outboundTo().request(ask(peer, hurry)));
    await gone;
  });

  it('must be given', async () => {
    const peer = await use(httpPeer(echo));
    for (const timeout of [0, -1, Number.NaN, Infinity])
      expect(await failure(outboundTo().request(ask(peer, { timeout })))).toBe('timeout');
  });
});

describe('size', () => {
  const endless = (start: string): Promise<Peer> =>
    rawPeer((socket) => {
      const more = (): boolean => socket.writable && socket.write('a'.repeat(65_536)) && more();
      socket.write(start);
      socket.on('drain', more);
      more();
    });

  it.each([
    ['that says so', 'HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n'],
    ['that does not', 'HTTP/1.1 200 OK\r\n\r\n'],
    ['in its headers', 'HTTP/1.1 200 OK\r\nx-a: '],
  ])('ends a long answer %s', async (_how, start) => {
    const peer = await use(endless(start));
    expect(await failure(outboundTo().request(ask(peer)))).toBe('size');
  });

  it('is counted in bytes, to the last', async () => {
    const peer = await use(httpPeer((_request, response) => response.end('鹊')));
    expect((await outboundTo().request(ask(peer, { maxBytes: 3 }))).body).toBe('鹊');
    expect(await failure(outboundTo().request(ask(peer, { maxBytes: 2 })))).toBe('size');
  });

  it('cannot hide in a packed answer', async () => {
    const packed: RequestListener = (_request, response) =>
      response.setHeader('content-encoding', 'gzip').end('x');
    const peer = await use(httpPeer(packed));
    expect(await failure(outboundTo().request(ask(peer)))).toBe('protocol');
  });
});
