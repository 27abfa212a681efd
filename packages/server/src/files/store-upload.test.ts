import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeUpload } from './store-upload.ts';
import { createFileWorld, failure, pushed, type FileWorld } from './test-support.ts';

let world: FileWorld;
beforeAll(async () => {
  world = await createFileWorld();
});
afterAll(() => world.close());

describe('storeUpload', () => {
  it('takes a stream of unknown length, finds its use and keeps its guard to itself', async () => {
    const bytes = await sharp({ create: { width: 300, height: 250, channels: 3, background: '#123' } })
      .png()
      .toBuffer();
    const source = pushed();
    const guard = { shareSecret: 's3cret', restricted: true };
    const storing = storeUpload(world, world.ctx('one'), {
      stream: source.stream,
      name: '图.png',
      use: 'auto',
      guard,
    });
    source.push(bytes.subarray(0, 10));
    source.push(bytes.subarray(10));
    source.end();
    const file = await storing;
    expect(file).toMatchObject({
      mime: 'image/png',
      size: bytes.length,
      width: 300,
      height: 250,
      name: '图.png',
    });
    const row = world.rows.get(`one/${file.fileId}`);
    expect(row).toMatchObject({ use: 'image', state: 'finished', owner: 'alice' });
    expect(JSON.parse(row?.meta ?? '')).toMatchObject({ ...guard, width: 300 });
    expect(
      JSON.stringify(await world.domain.call('file.get', world.ctx('one'), { fileId: file.fileId })),
    ).not.toContain('s3cret');
  });

  it('refuses what is too large, broken or not of its use, and leaves no bytes', async () => {
    await world.settings('one', { 'limits.file.fileBytes': 8 });
    const give = (content: string, use: 'auto' | 'image', fail = false) => {
      const source = pushed();
      const storing = storeUpload(world, world.ctx('one'), { stream: source.stream, name: 'a', use });
      source.push(Buffer.from(content));
      if (fail) source.fail();
      else source.end();
      return failure(storing);
    };
    expect((await give('123456789', 'auto')).code).toBe('TOO_LARGE');
    expect((await give('no picture', 'image')).code).toBe('FILE_TYPE_REFUSED');
    expect((await give('123', 'image', true)).code).toBe('BAD_REQUEST');
    expect((await give('123', 'auto', true)).code).toBe('BAD_REQUEST');
    await world.settings('one', {});
    for (const { app, id, state } of world.rows.values()) {
      if (state === 'granted' && app === 'one')
        expect(await world.storage.stat({ app, id }, 'original')).toBeUndefined();
    }
  });
});
