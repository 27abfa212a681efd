import { once } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFileWorld, failure, type FileWorld } from './test-support.ts';

let world: FileWorld;
beforeAll(async () => {
  world = await createFileWorld();
});
afterAll(() => world.close());

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly error?: { readonly code: string; readonly detail?: Record<string, unknown> };
    readonly offset?: number;
  };
}
async function send(path: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(world.url + path, init);
  const body = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: body === '' ? {} : (JSON.parse(body) as Answer['body']),
  };
}
const put = (path: string, body: string | Uint8Array<ArrayBuffer>) => send(path, { method: 'PUT', body });
const patch = (path: string, offset: number | string, body: string) =>
  send(path, { method: 'PATCH', body, headers: { 'upload-offset': String(offset) } });
const stands = async (path: string) => {
  const { status, headers } = await send(path, { method: 'HEAD' });
  return [status, headers.get('upload-offset')];
};
const contentOf = async (fileId: string, app = 'one') =>
  await (await fetch(`${world.url}/files/${app}/${fileId}/x`)).text();

/** A request whose body is written by hand. */
function openRequest(path: string, method: string, headers: Record<string, string | number>): ClientRequest {
  const request = httpRequest(world.url + path, { method, headers });
  request.on('error', () => undefined);
  return request;
}
const untilStands = async (fileId: string, size: number) => {
  for (;;) {
    const folder = `${world.folder}/one/${fileId.slice(0, 2)}`;
    const names = await readdir(folder).catch((): string[] => []);
    if (names.includes(`${fileId}.part`) && (await stat(`${folder}/${fileId}.part`)).size >= size) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
};

describe('PUT', () => {
  it('takes the whole file, whatever its type is said to be, and may be repeated', async () => {
    const { fileId, path } = await world.grant({ size: 5 });
    for (const type of [
      'application/json',
      'multipart/form-data; boundary=x',
      'nonsense',
      'text/html',
      'application/octet-stream',
    ]) {
      const answer = await send(path, { method: 'PUT', body: 'hello', headers: { 'content-type': type } });
      expect([type, answer.status, answer.body.offset, answer.headers.get('upload-offset')]).toEqual([
        type,
        200,
        5,
        '5',
      ]);
    }
    expect((await world.finish(fileId)).size).toBe(5);
    expect(await contentOf(fileId)).toBe('hello');
  });

  it('takes an empty file', async () => {
    const { fileId, path } = await world.grant({ size: 0 });
    expect((await put(path, '')).status).toBe(200);
    expect((await world.finish(fileId)).size).toBe(0);
  });

  it('takes millions of bytes as a stream and keeps memory flat', async () => {
    const size = 40 * 1024 * 1024;
    const { fileId, path } = await world.grant({ size });
    const chunk = Buffer.alloc(64 * 1024, 7);
    const request = openRequest(path, 'PUT', { 'content-length': size });
    const answered = once(request, 'response') as Promise<[IncomingMessage]>;
    let peak = 0;
    for (let sent = 0; sent < size; sent += chunk.length) {
      if (!request.write(chunk)) await once(request, 'drain');
      peak = Math.max(peak, process.memoryUsage().arrayBuffers);
    }
    request.end();
    const [response] = await answered;
    expect(response.statusCode).toBe(200);
    expect(peak).toBeLessThan(size);
    expect((await world.finish(fileId)).size).toBe(size);
  });

  it('refuses more than was granted, told in advance or not, and keeps nothing of it', async () => {
    const { fileId, path } = await world.grant({ size: 5 });
    expect(await put(path, 'hello!')).toMatchObject({
      status: 413,
      body: { error: { code: 'TOO_LARGE', detail: { maxBytes: 5 } } },
    });
    const request = openRequest(path, 'PUT', { 'transfer-encoding': 'chunked' });
    const answered = once(request, 'response') as Promise<[IncomingMessage]>;
    request.write('hello');
    request.write('hello');
    const [response] = await answered;
    request.end();
    expect([response.statusCode, JSON.parse(await text(response))]).toMatchObject([
      413,
      { error: { code: 'TOO_LARGE' } },
    ]);
    expect(await stands(path)).toEqual([200, '0']);
    expect((await failure(world.finish(fileId))).code).toBe('FILE_UNFINISHED');
  });

  it('still answers a sender who pushes far more than was granted', async () => {
    const { path } = await world.grant({ size: 5 });
    expect((await put(path, new Uint8Array(3 * 1024 * 1024))).status).toBe(413);
  });

  it('refuses more than the app takes now, though it was granted', async () => {
    const { path } = await world.grant({ size: 100 });
    await world.settings('one', { 'limits.file.fileBytes': 50 });
    expect((await put(path, 'x'.repeat(60))).status).toBe(413);
    await world.settings('one', {});
  });
});

describe('an upload that was cut', () => {
  it('goes on where it stands', async () => {
    const { fileId, path } = await world.grant({ size: 11 });
    const request = openRequest(path, 'PUT', { 'content-length': 11 });
    request.write('hello ');
    await untilStands(fileId, 6);
    request.destroy();
    expect(await stands(path)).toEqual([200, '6']);
    expect((await failure(world.finish(fileId))).detail).toEqual({ received: 6, size: 11 });
    expect((await patch(path, 6, 'world')).body.offset).toBe(11);
    await world.finish(fileId);
    expect(await contentOf(fileId)).toBe('hello world');
  });

  it('goes on though the old connection never closed', async () => {
    const { fileId, path } = await world.grant({ size: 11 });
    const stale = openRequest(path, 'PUT', { 'content-length': 11 });
    stale.write('hello ');
    await untilStands(fileId, 6);
    const closed = new Promise<void>((resolve) => void stale.once('close', resolve));
    expect(await stands(path)).toEqual([200, '6']);
    expect((await patch(path, 6, 'world')).status).toBe(200);
    await closed;
    await world.finish(fileId);
    expect(await contentOf(fileId)).toBe('hello world');
  });

  it('refuses a piece that begins elsewhere and says where to go on', async () => {
    const { fileId, path } = await world.grant({ size: 10 });
    expect((await patch(path, 0, 'abcde')).status).toBe(200);
    for (const offset of [0, 3, 6, 10]) {
      const answer = await patch(path, offset, offset === 10 ? '' : 'x');
      expect(answer).toMatchObject({
        status: 409,
        body: { error: { code: 'FILE_UNFINISHED', detail: { offset: 5 } } },
      });
      expect(answer.headers.get('upload-offset')).toBe('5');
    }
    for (const offset of ['', '-1', '1e3', 'x', '9'.repeat(30)])
      expect((await patch(path, offset, 'x')).body.error?.code).toBe('BAD_REQUEST');
    expect((await patch(path, 5, 'fghijk')).status).toBe(413);
    await patch(path, 5, 'fghij');
    await world.finish(fileId);
    expect(await contentOf(fileId)).toBe('abcdefghij');
  });

  it('is whole or refused, however pieces race', async () => {
    const content = 'abcdefghijklmnopqrstuvwxyz';
    const pieces = fc.array(fc.tuple(fc.nat(25), fc.nat(10)), { minLength: 2, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(pieces, async (racing) => {
        const { fileId, path } = await world.grant({ size: content.length });
        await Promise.allSettled(
          racing.map(([offset, length]) => patch(path, offset, content.slice(offset, offset + length))),
        );
        const [, offset] = await stands(path);
        expect((await patch(path, Number(offset), content.slice(Number(offset)))).status).toBe(200);
        await world.finish(fileId);
        expect(await contentOf(fileId)).toBe(content);
      }),
      { numRuns: 15 },
    );
  });
});

describe('POST', () => {
  const form = (...parts: [string, string | Blob, string?][]) => {
    const data = new FormData();
    for (const [name, value, file] of parts)
      if (value instanceof Blob) data.append(name, value, file);
      else data.append(name, value);
    return data;
  };

  it('takes the first file of a form, among other fields', async () => {
    const { fileId, path } = await world.grant({ size: 5 });
    const body = form(
      ['token', 'x'],
      ['file', new Blob(['hello'], { type: 'image/png' }), '../../etc/passwd'],
      ['after', 'y'],
    );
    expect(await send(path, { method: 'POST', body })).toMatchObject({ status: 200, body: { offset: 5 } });
    expect((await world.finish(fileId)).mime).toBe('text/plain');
    expect(await contentOf(fileId)).toBe('hello');
  });

  it('refuses forms without a file, bodies that are no form, and too large files', async () => {
    const { fileId, path } = await world.grant({ size: 5 });
    expect((await send(path, { method: 'POST', body: form(['a', 'b']) })).body.error?.code).toBe(
      'BAD_REQUEST',
    );
    expect((await send(path, { method: 'POST', body: 'hello' })).body.error?.code).toBe('BAD_REQUEST');
    expect(
      (await send(path, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })).body
        .error?.code,
    ).toBe('BAD_REQUEST');
    expect(
      (await send(path, { method: 'POST', body: 'x', headers: { 'content-type': 'multipart/form-data' } }))
        .body.error?.code,
    ).toBe('BAD_REQUEST');
    expect(
      (await send(path, { method: 'POST', body: form(['file', new Blob(['x'.repeat(500_000)]), 'a']) }))
        .status,
    ).toBe(413);
    const open = '--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nhel';
    expect(
      (
        await send(path, {
          method: 'POST',
          body: open,
          headers: { 'content-type': 'multipart/form-data; boundary=b' },
        })
      ).status,
    ).toBe(400);
    expect((await failure(world.finish(fileId))).code).toBe('FILE_UNFINISHED');
    expect(
      (await send(path, { method: 'POST', body: form(['file', new Blob(['again']), 'a']) })).status,
    ).toBe(200);
  });
});

describe('the upload path', () => {
  it('answers whoever does not know it as if nothing were there', async () => {
    const mine = await world.grant({ size: 5 });
    const done = await world.grant({ size: 5 });
    await put(done.path, 'hello');
    await world.finish(done.fileId);
    const old = await world.grant({ size: 5 });
    const row = world.rows.get(`one/${old.fileId}`);
    if (row) world.rows.set(`one/${old.fileId}`, { ...row, createdAt: Date.now() - 25 * 3_600_000 });
    const key = mine.path.split('/').at(-1) ?? '';
    const wrong = [
      mine.path.replace(key, 'x'.repeat(32)), mine.path.slice(0, -1), `${mine.path}x`, mine.path.replace('/one/', '/two/'), mine.path.replace('/one/', '/nobody/'),
      mine.path.replace(mine.fileId, 'y'.repeat(32)), mine.path.replace(mine.fileId, '..%2f..%2fetc'), done.path, old.path,
    ]; // prettier-ignore
    const texts = new Set<string>();
    for (const path of wrong) {
      for (const method of ['PUT', 'PATCH', 'POST'] as const) {
        const response = await fetch(world.url + path, {
          method,
          body: 'hello',
          headers: { 'upload-offset': '0' },
        });
        expect([path, response.status]).toEqual([path, 404]);
        texts.add(await response.text());
      }
      expect((await fetch(world.url + path, { method: 'HEAD' })).status).toBe(404);
    }
    expect([...texts]).toEqual(['{"error":{"code":"FILE_NOT_FOUND","message":"There is no such file."}}']);
    expect(await contentOf(done.fileId)).toBe('hello');
  });

  it('answers pages of other origins, by the app’s setting', async () => {
    const { path } = await world.grant({ size: 5 });
    const ask = (origin: string, method: string) => fetch(world.url + path, { method, headers: { origin } });
    expect((await ask('https://a.example', 'OPTIONS')).headers.get('access-control-allow-methods')).toMatch(
      /PATCH/,
    );
    expect((await ask('https://a.example', 'HEAD')).headers.get('access-control-expose-headers')).toMatch(
      /upload-offset/,
    );
    await world.settings('one', { 'cors.origins': ['https://b.example'] });
    expect((await ask('https://a.example', 'HEAD')).headers.get('access-control-allow-origin')).toBeNull();
    expect((await ask('https://b.example', 'OPTIONS')).headers.get('access-control-allow-origin')).toBe(
      'https://b.example',
    );
    await world.settings('one', {});
  });

  it('survives whatever is sent to it', async () => {
    const { port } = new URL(world.url);
    const junk = fc.tuple(fc.constantFrom('PUT', 'POST', 'PATCH', 'HEAD', 'GET'), fc.array(fc.constantFrom('..', '%2e%2e', '%00', '%', 'upload', 'one', 'a'.repeat(32), '%2f', '\\', '?', '#', ';', '', 'x'.repeat(600))), fc.constantFrom('content-length: 3\r\n\r\nabc', 'content-length: 9\r\n\r\nabc', 'transfer-encoding: chunked\r\n\r\nzz\r\n', 'content-type: multipart/form-data; boundary=\r\ncontent-length: 3\r\n\r\nabc', '\r\n')); // prettier-ignore
    await fc.assert(
      fc.asyncProperty(junk, async ([method, path, rest]) => {
        const socket = connect(Number(port), '127.0.0.1');
        socket.on('error', () => undefined);
        socket.end(`${method} /files/${path.join('/')} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${rest}`);
        const answer = await text(socket).catch(() => '');
        const status = Number(/^HTTP\/1.1 (\d+)/.exec(answer)?.[1] ?? 400);
        expect(status).toBeGreaterThanOrEqual(400);
        expect(status).toBeLessThan(500);
      }),
      { numRuns: 120 },
    );
  });
});

describe('limits at the grant', () => {
  it('hold by use, by hour and by the app’s room', async () => {
    expect((await failure(world.grant({ size: 5 * 1024 * 1024 + 1, use: 'avatar' }))).code).toBe('TOO_LARGE');
    await world.settings('two', { 'limits.file.perUserPerHour': 2, 'limits.file.quotaBytes': 10 });
    await world.upload(Buffer.from('12345678'), 'file', 'a', 'two');
    expect((await failure(world.grant({ size: 3 }, 'two'))).code).toBe('QUOTA_EXCEEDED');
    await world.grant({ size: 2 }, 'two');
    expect((await failure(world.grant({ size: 1 }, 'two'))).code).toBe('QUOTA_EXCEEDED');
    await world.settings('two', {});
  });

  it('leave nothing of uploads that are never finished', async () => {
    const { fileId, path } = await world.grant({ size: 50 });
    await patch(path, 0, 'a part');
    const row = world.rows.get(`one/${fileId}`);
    if (row) world.rows.set(`one/${fileId}`, { ...row, createdAt: 0 });
    await world.domain.housekeeping();
    expect(world.rows.has(`one/${fileId}`)).toBe(false);
    expect(await world.storage.received({ app: 'one', id: fileId })).toBe(0);
  });
});
