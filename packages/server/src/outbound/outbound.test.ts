import type { OutboundErrorKind, OutboundRequest } from '@magpie/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOutbound } from './outbound.ts';
import { certificate } from './testing/certificate.ts';
import { httpPeer, httpsPeer, rawPeer, type Peer } from './testing/peer.ts';
import { ask, echo, failure, outboundTo, use } from './testing/world.ts';

describe('a request', () => {
  it('goes to the host by its name and brings the answer', async () => {
    const peer = await use(httpPeer(echo));
    const request = ask(peer, { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body: '鹊桥' });
    const answer = await outboundTo().request(request);
    expect(answer.status).toBe(200);
    expect(answer.headers['x-two']).toBe('a, b');
    expect(JSON.parse(answer.body)).toEqual({
      method: 'POST',
      url: '/hook?a=1',
      host: `hooks.test:${peer.port}`,
      type: 'text/plain',
      body: '鹊桥',
    });
  });

  it('goes to an address, too', async () => {
    const peer = await use(httpPeer(echo));
    const answer = await outboundTo().request(ask(peer, { url: `http://127.0.0.1:${peer.port}/` }));
    expect(JSON.parse(answer.body)).toMatchObject({ method: 'GET', host: `127.0.0.1:${peer.port}` });
  });

  it('takes a status for an answer, and a redirect as well', async () => {
    const peer = await use(
      httpPeer((request, response) => {
        response.writeHead(request.url === '/hook?a=1' ? 302 : 200, { location: 'http://169.254.169.254/' });
        response.end();
      }),
    );
    const answer = await outboundTo().request(ask(peer));
    expect(answer).toMatchObject({ status: 302, headers: { location: 'http://169.254.169.254/' }, body: '' });
    expect(peer.taken()).toBe(1);
  });

  it('tries the next address when one does not answer', async () => {
    const peer = await use(httpPeer(echo));
    const outbound = outboundTo({
      allow: ['127.0.0.0/8'],
      resolve: async () => ['127.0.0.9', '127.0.0.1'],
    });
    expect((await outbound.request(ask(peer))).status).toBe(200);
  });

  it('asks no proxy of the environment', async () => {
    const peer = await use(httpPeer(echo));
    const proxy = await use(httpPeer((_request, response) => response.end('proxied')));
    const names = ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'NODE_USE_ENV_PROXY'];
    const before = names.map((name) => process.env[name]);
    for (const name of names) process.env[name] = name.startsWith('NODE') ? '1' : `http://127.0.0.1:${proxy.port}`; // prettier-ignore
    try {
      expect((await outboundTo().request(ask(peer))).body).not.toBe('proxied');
    } finally {
      names.forEach((name, i) => {
        if (before[i] === undefined) delete process.env[name];
        else process.env[name] = before[i];
      });
    }
    expect(proxy.taken()).toBe(0);
  });
});

describe('an address of the inside', () => {
  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.01/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://100.100.100.200/',
    'http://0/',
    'http://localhost/',
  ])('%s is refused', async (url) => {
    const outbound = createOutbound({ allow: [] });
    expect(await failure(outbound.check(url))).toBe('address');
    expect(await failure(outbound.request({ url, timeout: 5_000, maxBytes: 10 }))).toBe('address');
    await outbound.close();
  });

  it.each([[['8.8.8.8', '10.0.0.1']], [['10.0.0.1', '8.8.8.8']], [['2606:4700::1111', '::1']]])(
    'among those of a name refuses the name: %j',
    async (addresses) => {
      const outbound = outboundTo({ allow: [], resolve: async () => addresses });
      expect(await failure(outbound.check('https://hooks.test/'))).toBe('address');
    },
  );

  it('is let in by name and by address when it is allowed', async () => {
    await outboundTo().check('http://hooks.test:8080/');
    await outboundTo().check('http://127.0.0.1:8080/');
    expect(await failure(outboundTo().check('http://127.0.0.2:8080/'))).toBe('address');
  });

  it('that a name moved to is refused, also while a connection to the old one is kept', async () => {
    const peer = await use(httpPeer(echo));
    let addresses = ['127.0.0.1'];
    const outbound = outboundTo({ resolve: async () => addresses });
    await outbound.check(ask(peer).url);
    await outbound.request(ask(peer));
    addresses = ['127.0.0.2'];
    expect(await failure(outbound.request(ask(peer)))).toBe('address');
    expect(peer.taken()).toBe(1);
  });

  it('is not reached by a name that answers differently the second time', async () => {
    const peer = await use(httpPeer(echo));
    let asked = 0;
    const outbound = outboundTo({ resolve: async () => [++asked === 1 ? '127.0.0.1' : '127.0.0.2'] });
    expect((await outbound.request(ask(peer))).status).toBe(200);
    expect(asked).toBe(1);
  });

  it('that is a resolver’s nonsense is refused', async () => {
    const outbound = outboundTo({ resolve: async () => ['localhost'] });
    expect(await failure(outbound.check('http://hooks.test/'))).toBe('address');
  });
});

describe('connections', () => {
  it('are kept, and a new set of addresses gets a new one', async () => {
    const peer = await use(httpPeer(echo));
    let addresses = ['127.0.0.1'];
    const outbound = outboundTo({ allow: ['127.0.0.0/8'], resolve: async () => addresses });
    for (let i = 0; i < 3; i++) await outbound.request(ask(peer));
    expect(peer.taken()).toBe(1);
    addresses = ['127.0.0.1', '127.0.0.3'];
    await outbound.request(ask(peer));
    expect(peer.taken()).toBe(2);
    addresses = ['127.0.0.3', '127.0.0.1'];
    await outbound.request(ask(peer));
    expect(peer.taken()).toBe(2);
  });

  it('that broke while they lay idle cost no request', async () => {
    let first = true;
    const peer = await use(
      rawPeer((socket) => {
        const breaks = first;
        first = false;
        let asked = 0;
        socket.on('data', () => {
          asked += 1;
          if (breaks && asked === 2) socket.resetAndDestroy();
          else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
        });
      }),
    );
    const outbound = outboundTo();
    await outbound.request(ask(peer));
    expect(await outbound.request(ask(peer))).toMatchObject({ status: 200, body: 'ok' });
    expect(peer.taken()).toBe(2);
  });

  it('are not tried again when a new one breaks', async () => {
    const peer = await use(rawPeer((socket) => socket.once('data', () => socket.resetAndDestroy())));
    expect(await failure(outboundTo().request(ask(peer)))).toBe('connect');
    expect(peer.taken()).toBe(1);
  });

  it('to one host are few at a time', async () => {
    const held: (() => void)[] = [];
    const peer = await use(
      httpPeer((_request, response) => {
        held.push(() => response.end('ok'));
        if (held.length === 2) held.forEach((answer) => answer());
        if (held.length > 2) response.end('ok');
      }),
    );
    const outbound = outboundTo({ limits: { perKey: 2 } });
    const answers = await Promise.all(Array.from({ length: 6 }, () => outbound.request(ask(peer))));
    expect(answers.map(({ body }) => body)).toEqual(Array.from({ length: 6 }, () => 'ok'));
    expect(peer.taken()).toBeLessThanOrEqual(2);
  });
});

describe('what is not an answer', () => {
  it.each<[OutboundErrorKind, string]>([
    ['protocol', '220 smtp.test ready\r\n'],
    ['protocol', 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'],
    ['protocol', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\nok'],
    ['connect', ''],
    ['connect', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nok'],
  ])('is an error of kind %s: %j', async (kind, text) => {
    const peer = await use(rawPeer((socket) => socket.once('data', () => socket.end(text))));
    expect(await failure(outboundTo().request(ask(peer)))).toBe(kind);
  });

  it('nobody there', async () => {
    const peer = await httpPeer(echo);
    await peer.close();
    expect(await failure(outboundTo().request(ask(peer)))).toBe('connect');
  });

  it('a name that nobody knows', async () => {
    const unknown = outboundTo({ resolve: () => Promise.reject(new Error('ENOTFOUND 10.0.0.53')) });
    expect(await failure(unknown.check('http://hooks.test/'))).toBe('dns');
    const empty = outboundTo({ resolve: async () => [] });
    expect(await failure(empty.check('http://hooks.test/'))).toBe('dns');
  });
});

describe('TLS', () => {
  const at = (peer: Peer, name: string): OutboundRequest =>
    ask(peer, { url: `https://${name}:${peer.port}/` });

  it('is checked against the name', async () => {
    const peer = await use(httpsPeer(echo));
    const outbound = outboundTo({ ca: certificate });
    for (let i = 0; i < 2; i++) expect((await outbound.request(at(peer, 'hooks.test'))).status).toBe(200);
    expect(peer.taken()).toBe(1);
    expect(await failure(outbound.request(at(peer, 'other.test')))).toBe('tls');
    expect(await failure(outbound.request(at(peer, '127.0.0.1')))).toBe('tls');
  });

  it('is refused to whom nobody trusts, whatever the environment says', async () => {
    const peer = await use(httpsPeer(echo));
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      expect(await failure(outboundTo().request(at(peer, 'hooks.test')))).toBe('tls');
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    }
  });

  it('is not what a plain server speaks', async () => {
    const peer = await use(httpPeer(echo));
    expect(await failure(outboundTo().request(at(peer, 'hooks.test')))).toBe('tls');
  });
});

describe('closing', () => {
  it('ends what is under way and takes nothing new', async () => {
    const peer = await use(httpPeer(() => void outbound.close()));
    const outbound = outboundTo();
    expect(await failure(outbound.request(ask(peer)))).toBe('connect');
    expect(await failure(outbound.request(ask(peer)))).toBe('connect');
    expect(await failure(outbound.check('http://127.0.0.1/'))).toBe('connect');
  });
});

it('nothing but OutboundError is ever thrown', async () => {
  const outbound = outboundTo({ allow: [], resolve: async () => [] });
  // Making such a generator costs more than running it.
  const text = fc.string({ unit: 'binary' });
  const url = fc.oneof(
    text,
    fc.constant('http://hooks.test/'),
    text.map((host) => `http://${host}`),
  );
  const headers = fc.dictionary(text, text, { maxKeys: 3 });
  await fc.assert(
    fc.asyncProperty(url, headers, fc.double(), async (url, headers, maxBytes) => {
      await failure(outbound.request({ url, headers, timeout: 1_000, maxBytes }));
      await failure(outbound.check(url));
    }),
    { numRuns: 50 },
  );
});
