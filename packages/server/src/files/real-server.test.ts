import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Input, OperationName, Output } from '@magpie/protocol';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../config.ts';
import { startServer, type RunningServer } from '../server.ts';

let folder: string;
let server: RunningServer;
const ADMIN = 'a'.repeat(32);
const start = () => startServer(readConfig({ PORT: '0', MAGPIE_DATA: folder, MAGPIE_DEMO: '1', MAGPIE_LOG: 'error', MAGPIE_ADMIN_TOKEN: ADMIN })); // prettier-ignore

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'magpie-server-'));
  server = await start();
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function call<N extends OperationName>(name: N, input: Input<N>, token: string): Promise<Output<N>> {
  const headers = {
    authorization: `Bearer ${token}`,
    'magpie-app': 'demo',
    'content-type': 'application/json',
  };
  const response = await fetch(`${server.url}/v1/${name}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(input),
  });
  const body = (await response.json()) as Output<N> & { error?: unknown };
  if (!response.ok) throw new Error(`${name}: ${JSON.stringify(body.error)}`);
  return body;
}
async function tokenOf(user: string): Promise<string> {
  const response = await fetch(`${server.url}/demo/credentials?user=${user}`);
  return ((await response.json()) as { webimToken: string }).webimToken;
}

describe('a picture through a real server', () => {
  it('goes from one user to another, survives a restart, and is signed when the app wants it', async () => {
    const alice = await tokenOf('alice');
    const photo = await sharp({ create: { width: 1600, height: 900, channels: 3, background: '#7ac' } }).withExif({ IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' } }).withMetadata({ orientation: 8 }).jpeg().toBuffer(); // prettier-ignore
    const grant = await call(
      'file.grant',
      { name: '照片.jpg', size: photo.length, use: 'image', mime: 'image/jpeg' },
      alice,
    );
    const body = new FormData();
    body.append('file', new Blob([new Uint8Array(photo)]), 'x.jpg');
    expect((await fetch(server.url + grant.path, { method: 'POST', body })).status).toBe(200);
    const { file } = await call('file.finish', { fileId: grant.fileId }, alice);
    expect(file).toMatchObject({
      mime: 'image/jpeg',
      width: 900,
      height: 1600,
      large: { width: 720 },
      thumb: { width: 198 },
    });

    const content = { type: 'image', file: { fileId: file.fileId } } as const;
    await call('message.send', { ref: 'u:bob', clientId: 'c1', content }, alice);
    const asBob = async () => {
      const page = await call(
        'message.list',
        { ref: 'u:alice', direction: 'older', limit: 1 },
        await tokenOf('bob'),
      );
      return page.entries[0] as { content: { placeholder: string; file: { sig?: string } } };
    };
    expect((await asBob()).content).toMatchObject({
      placeholder: file.placeholder,
      width: 900,
      thumb: { width: 198 },
    });

    await server.close();
    server = await start();
    const seen = await fetch(server.url + file.path);
    const bytes = Buffer.from(await seen.arrayBuffer());
    expect([seen.status, bytes.length, bytes.includes('Exif')]).toEqual([200, file.size, false]);
    const part = await fetch(`${server.url}${file.path}?size=thumb`, { headers: { range: 'bytes=0-1' } });
    expect([part.status, Buffer.from(await part.arrayBuffer()).toString('hex')]).toEqual([206, 'ffd8']);
    expect((await fetch(server.url + file.path.replace('/demo/', '/other/'))).status).toBe(404);

    await call(
      'app.update',
      { id: 'demo', settings: { 'files.signed': true } } as Input<'app.update'>,
      ADMIN,
    );
    const bare = await fetch(server.url + file.path);
    expect([bare.status, await bare.json()]).toMatchObject([404, { error: { code: 'FILE_NOT_FOUND' } }]);
    const { sig = '' } = (await asBob()).content.file;
    expect((await fetch(`${server.url}${file.path}?sig=${sig}`)).status).toBe(200);
  });

  it('answers bad paths and bodies with errors of the table', async () => {
    const alice = await tokenOf('alice');
    const { path } = await call('file.grant', { name: 'a', size: 3, use: 'file' }, alice);
    const said = async (method: string, url: string, headers: Record<string, string> = {}) => {
      const response = await fetch(server.url + url, {
        method,
        headers,
        body: method === 'GET' ? null : 'too much',
      });
      return [response.status, ((await response.json()) as { error: { code: string } }).error.code];
    };
    expect(await said('PUT', path, { 'content-type': '' })).toEqual([413, 'TOO_LARGE']);
    expect(await said('POST', path, { 'content-type': 'nonsense' })).toEqual([400, 'BAD_REQUEST']);
    expect(await said('DELETE', path)).toEqual([404, 'UNKNOWN_OPERATION']);
    expect(await said('GET', '/files/demo')).toEqual([404, 'UNKNOWN_OPERATION']);
    expect(await said('GET', '/files/%zz/x/y')).toEqual([400, 'BAD_REQUEST']);
    expect(await said('GET', `/files/${'x'.repeat(600)}/x/y`)).toEqual([400, 'BAD_REQUEST']);
  });
});
