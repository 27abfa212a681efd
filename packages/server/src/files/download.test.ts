import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { disposition } from './download.ts';
import { servedAs } from './kinds.ts';
import { rangeOf } from './ranges.ts';
import { createFileSigner, signFile, verifyFileSig } from './signer.ts';
import { createFileWorld, type FileWorld } from './test-support.ts';

let world: FileWorld;
beforeAll(async () => {
  world = await createFileWorld();
});
afterAll(() => world.close());

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(world.url + path, { headers, method });
const CONTENT = 'The quick brown fox jumps over the lazy dog';

describe('a finished file', () => {
  it('is served for ever under its path, to anybody who has it', async () => {
    const { path, fileId } = await world.upload(Buffer.from(CONTENT), 'file', '说明 "a".txt');
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(CONTENT);
    const headers = Object.fromEntries(response.headers);
    expect(headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-length': String(CONTENT.length),
      'cache-control': 'public, max-age=31536000, immutable',
      'content-disposition': `attachment; filename="__ _a_.txt"; filename*=UTF-8''%E8%AF%B4%E6%98%8E%20%22a%22.txt`,
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'accept-ranges': 'bytes',
      'access-control-allow-origin': '*',
      etag: `"${fileId}.original"`,
    });
    const head = await get(path, {}, 'HEAD');
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([
      200,
      String(CONTENT.length),
      '',
    ]);
    // The name in the path is for people.
    for (const other of ['x', '%E4%B8%AD'.repeat(250), 'a/b/c', '..%2f..%2fx', '']) {
      const named = await get(`/files/one/${fileId}/${other}`);
      expect([named.status, await named.text(), named.headers.get('content-disposition')]).toEqual([
        200,
        CONTENT,
        headers['content-disposition'],
      ]);
    }
  });

  it('is not sent again to who has it', async () => {
    const { path, fileId } = await world.upload(Buffer.from(CONTENT), 'file');
    for (const tag of [`"${fileId}.original"`, `W/"${fileId}.original"`, `"x", "${fileId}.original"`, '*']) {
      const response = await get(path, { 'if-none-match': tag });
      expect([response.status, await response.text()]).toEqual([304, '']);
    }
    expect((await get(path, { 'if-none-match': '"x"' })).status).toBe(200);
  });

  it('is sent by ranges', async () => {
    const { path, fileId } = await world.upload(Buffer.from(CONTENT), 'file');
    const size = CONTENT.length;
    for (const [range, start, end] of [
      ['bytes=0-3', 0, 3],
      ['bytes=4-', 4, size - 1],
      ['bytes=-3', size - 3, size - 1],
      ['bytes=5-9999', 5, size - 1],
      ['bytes=-9999', 0, size - 1],
    ] as const) {
      // prettier-ignore
      const response = await get(path, { range });
      expect([range, response.status, await response.text()]).toEqual([
        range,
        206,
        CONTENT.slice(start, end + 1),
      ]);
      expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end}/${size}`);
      expect(response.headers.get('content-length')).toBe(String(end - start + 1));
      const head = await get(path, { range }, 'HEAD');
      expect([head.status, head.headers.get('content-length')]).toEqual([206, String(end - start + 1)]);
    }
    for (const range of [`bytes=${size}-`, 'bytes=-0']) {
      const response = await get(path, { range });
      expect([response.status, response.headers.get('content-range'), await response.text()]).toEqual([
        416,
        `bytes */${size}`,
        '',
      ]);
    }
    for (const range of ['bytes=0-1,3-4', 'items=0-1', 'bytes=4-2', 'nonsense'])
      expect((await get(path, { range })).status).toBe(200);
    expect((await get(path, { range: 'bytes=0-3', 'if-range': '"old"' })).status).toBe(200);
    expect((await get(path, { range: 'bytes=0-3', 'if-range': `"${fileId}.original"` })).status).toBe(206);
  });

  it('as a picture comes in its sizes, shown in place', async () => {
    const photo = await sharp({ create: { width: 1500, height: 1000, channels: 3, background: '#a53' } })
      .jpeg()
      .toBuffer();
    const { path, large, thumb } = await world.upload(photo, 'image', 'photo.html');
    const sizes = [];
    for (const query of [
      '',
      '?size=large',
      '?size=thumb',
      '?size=nonsense',
      '?size=large&size=thumb',
      '?thumbnail=1',
    ]) {
      const response = await get(path + query);
      expect([response.status, response.headers.get('content-type'), response.headers.get('content-disposition')?.split(';')[0]]).toEqual([200, 'image/jpeg', 'inline']); // prettier-ignore
      sizes.push(Buffer.from(await response.arrayBuffer()).length);
    }
    expect(sizes).toEqual([photo.length, large?.size, thumb?.size, photo.length, photo.length, photo.length]);
    const small = await world.upload(await sharp(photo).resize(90).jpeg().toBuffer(), 'image');
    expect((await get(`${small.path}?size=thumb`)).headers.get('content-length')).toBe(String(small.size));
  });

  it('is never a page', async () => {
    for (const page of [
      '<!doctype html><script>alert(1)</script>',
      '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
      '<?xml version="1.0"?><a/>',
    ]) {
      const { path } = await world.upload(Buffer.from(page), 'file', 'page.html');
      const { headers } = await get(path);
      expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(headers.get('content-disposition')).toMatch(/^attachment;/);
    }
    for (const mime of ['text/html', 'image/svg+xml', 'application/xhtml+xml', 'text/javascript', 'application/javascript', 'multipart/x-mixed-replace', 'text/xml', 'x', 'a/b\r\nset-cookie: x']) expect(servedAs(mime)).toEqual({ type: 'application/octet-stream', inline: false }); // prettier-ignore
    expect(servedAs('application/vnd.openxmlformats-officedocument.wordprocessingml.document').type).toMatch(
      /wordprocessing/,
    );
  });
});

describe('what is not there', () => {
  it('is not there in one way', async () => {
    const file = await world.upload(Buffer.from(CONTENT), 'file');
    const unfinished = await world.grant({ size: 5 });
    await fetch(world.url + unfinished.path, { method: 'PUT', body: 'hello' });
    // Processed, but never written down as finished.
    const key = { app: 'one', id: unfinished.fileId };
    expect(await world.storage.seal(key, 5)).toBe(5);
    await world.storage.keep(key);
    const lost = await world.upload(Buffer.from('lost'), 'file');
    await world.storage.remove({ app: 'one', id: lost.fileId });
    const texts = new Set<string>();
    const paths = [`/files/one/${'x'.repeat(32)}/a`, `/files/two/${file.fileId}/a`, `/files/nobody/${file.fileId}/a`, `/files/ONE/${file.fileId}/a`, `/files/one/${unfinished.fileId}/a`, `/files/one/${file.fileId.slice(1)}/a`, '/files/one/..%2f..%2f..%2fetc%2fpasswd/a', '/files/one/_signing/a', lost.path]; // prettier-ignore
    for (const path of paths) {
      const response = await get(path);
      expect([path, response.status, response.headers.get('cache-control')]).toEqual([path, 404, 'no-store']);
      texts.add(await response.text());
    }
    expect([...texts]).toEqual(['{"error":{"code":"FILE_NOT_FOUND","message":"There is no such file."}}']);
  });

  it('is never something outside, whatever the path', async () => {
    const { port } = new URL(world.url);
    const piece = fc.constantFrom(
      '..',
      '.',
      '%2e%2e',
      '%2f',
      '..%2f',
      '%5c',
      '%00',
      '%',
      '%zz',
      'one',
      '_signing',
      'etc',
      'passwd',
      '',
      '?size=thumb',
      '#',
      'a'.repeat(32),
      'é',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
        const socket = connect(Number(port), '127.0.0.1');
        socket.on('error', () => undefined);
        socket.end(
          `GET /files/${pieces.join('/')} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`,
          'latin1',
        );
        expect(await text(socket)).toMatch(/^HTTP\/1.1 (?:400|404) /);
      }),
      { numRuns: 150 },
    );
  });
});

describe('signed addresses', () => {
  const NOW = 1_700_000_000_000;
  const key = Buffer.alloc(32, 1);

  it('open their own file until they are over, and nothing else', () => {
    const sig = signFile(key, 'file', NOW + 60_000);
    expect(verifyFileSig(key, 'file', sig, NOW)).toBe(NOW + 60_000);
    expect(verifyFileSig(key, 'file', sig, NOW + 60_000)).toBeUndefined();
    expect(verifyFileSig(key, 'other', sig, NOW)).toBeUndefined();
    expect(verifyFileSig(Buffer.alloc(32, 2), 'file', sig, NOW)).toBeUndefined();
    const later = sig.replace(/^\d+/, (seconds) => String(Number(seconds) + 1));
    for (const wrong of [later, sig.slice(0, -1), `${sig}A`, '', '.', 'x', `${'9'.repeat(13)}.${'A'.repeat(43)}`]) expect(verifyFileSig(key, 'file', wrong, NOW)).toBeUndefined(); // prettier-ignore
  });

  it('are asked for, once the app says so', async () => {
    const { path, fileId } = await world.upload(Buffer.from(CONTENT), 'file');
    const foreign = await world.upload(Buffer.from('x'), 'file', 'a', 'two');
    await world.settings('one', { 'files.signed': true });
    const signer = await createFileSigner(world.storage, world.sealer);
    const sig = signer.sign('one', fileId, Date.now(), 3_600_000);
    const response = await get(`${path}?sig=${sig}`);
    expect([response.status, await response.text()]).toEqual([200, CONTENT]);
    const age = /^private, max-age=(\d+), immutable$/.exec(response.headers.get('cache-control') ?? '')?.[1];
    expect(Number(age)).toBeGreaterThan(3_600 * 0.85);
    expect(Number(age)).toBeLessThanOrEqual(3_600);
    const old = signer.sign('one', fileId, Date.now() - 7_200_000, 3_600_000);
    for (const query of ['', `?sig=${old}`, `?sig=${signer.sign('two', fileId, Date.now(), 3_600_000)}`, `?sig=${sig}&sig=${sig}`, `?sig=${sig}x`]) expect((await get(path + query)).status).toBe(404); // prettier-ignore
    expect(
      (
        await get(
          `/files/one/${foreign.fileId}/a?sig=${signer.sign('one', foreign.fileId, Date.now(), 3_600_000)}`,
        )
      ).status,
    ).toBe(404);
    await world.settings('one', {});
    expect((await get(path)).status).toBe(200);
  });

  it('stay the same for a while, so that browsers find what they kept', async () => {
    const signer = await createFileSigner(world.storage, world.sealer);
    const at = (ms: number) => signer.sign('one', 'file', NOW + ms, 3_600_000);
    expect(new Set(Array.from({ length: 61 }, (_, minute) => at(minute * 60_000))).size).toBeLessThanOrEqual(
      10,
    );
    expect(at(0)).not.toBe(at(3_600_000));
    expect(signer.verify('one', 'file', signer.sign('one', 'file', NOW, 5_000), NOW)).toBeGreaterThan(NOW);
  });
});

describe('ranges and names', () => {
  it('are never wrong about the size', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(120), fc.option(fc.nat(120)), (size, first, last) => {
        for (const header of [`bytes=${first}-${last ?? ''}`, `bytes=-${first}`]) {
          const range = rangeOf(header, size);
          if (typeof range === 'string') continue;
          expect(range.start >= 0 && range.start <= range.end && range.end < size).toBe(true);
        }
      }),
    );
  });

  it('never break a header', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string(),
          fc.constantFrom('a"; x="', 'a\r\nset-cookie: b', '\ud800', '../../x', 'a\u202Egpj.exe'),
        ),
        (name) => {
          const header = disposition('attachment', name);
          expect(header).toMatch(
            /^attachment; filename="[ !#-$&-:<-~]*"; filename\*=UTF-8''[A-Za-z0-9%._~-]*$/,
          );
          expect(header).not.toMatch(/[/\\]/);
        },
      ),
    );
  });
});
