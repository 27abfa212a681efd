import { createHash, randomBytes } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { next, useWorld } from './support/clients.ts';

const world = useWorld();
const { login } = world;

/** A one-colour PNG made by hand. */
function png(width: number, height: number): Uint8Array {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length);
    body.copy(out, 4);
    out.writeUInt32BE(crc(body), body.length + 4);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head.set([8, 2], 8);
  const rows = Buffer.alloc((width * 3 + 1) * height, 90);
  for (let y = 0; y < height; y++) rows[y * (width * 3 + 1)] = 0;
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** As PNG wants it; Node 20's zlib has none. */
function crc(data: Buffer): number {
  let value = 0xffffffff;
  for (const byte of data) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return (value ^ 0xffffffff) >>> 0;
}

const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

test('a picture is uploaded with progress, arrives with its size, and can be fetched', async () => {
  const [alice, bob] = [await login('alice'), await login('bob')];
  const got = next(bob, 'messages');
  const parts: number[] = [];
  const queued: string[] = [];
  const sent = await alice.messages.send(
    {
      ref: 'u:bob',
      content: { type: 'image', file: { name: 'sky.png' } },
      media: { source: { kind: 'bytes', bytes: png(400, 300) }, name: 'sky.png', mime: 'image/png' },
    },
    { onProgress: (part) => parts.push(part), onQueued: (message) => queued.push(message.status) },
  );
  expect(queued).toEqual(['sending']);
  expect(parts.at(-1)).toBe(1);
  expect(sent.content).toMatchObject({ type: 'image', width: 400, height: 300, format: 'png' });
  const [message] = (await got).messages;
  if (message?.content.type !== 'image') throw new Error('not a picture');
  const response = await fetch(bob.files.url(message.content.file));
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/png']);
  const thumb = await fetch(bob.files.url(message.content.file, 'thumb'));
  expect(thumb.status).toBe(200);
});

test('a large file goes in pieces over a network that breaks, and arrives whole', async () => {
  const proxy = await world.server.proxy();
  const alice = await login('alice', { server: proxy.url });
  const bytes = new Uint8Array(randomBytes(11 * 1024 * 1024));
  let cuts = 0;
  const stored = await alice.files.upload(
    { source: { kind: 'bytes', bytes }, name: 'film.bin', use: 'file' },
    {
      onProgress: (part) => {
        if (part > 0.5 && cuts++ === 0) proxy.cut();
      },
    },
  );
  expect(cuts).toBeGreaterThan(0);
  expect(stored.size).toBe(bytes.length);
  const fetched = new Uint8Array(await (await fetch(alice.files.url(stored))).arrayBuffer());
  expect(sha(fetched)).toBe(sha(bytes));
});

test('a file over the limit is refused before it is sent, and the message says why', async () => {
  const alice = await login('alice');
  const bytes = new Uint8Array(21 * 1024 * 1024);
  const failed = alice.messages.send({
    ref: 'u:bob',
    content: { type: 'image', file: {} },
    media: { source: { kind: 'bytes', bytes }, name: 'big.png' },
  });
  await expect(failed).rejects.toMatchObject({ code: 'TOO_LARGE' });
  expect(alice.messages.outgoing('u:bob')[0]).toMatchObject({
    status: 'failed',
    error: { code: 'TOO_LARGE' },
  });
});
