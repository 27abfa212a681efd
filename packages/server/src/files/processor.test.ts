import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { camera, createProcessorWorld, twoTone, type ProcessorWorld } from './picture-support.ts';
import type { PictureFacts } from './pictures.ts';
import { failure } from './test-support.ts';

let world: ProcessorWorld;
beforeAll(async () => {
  world = await createProcessorWorld();
});
afterAll(() => world.close());
const finish: ProcessorWorld['finish'] = (...upload) => world.finish(...upload);
const refused: ProcessorWorld['refused'] = (...upload) => world.refused(...upload);

describe('sound, video and files', () => {
  const ftyp = (brand: string) =>
    Buffer.concat([
      Buffer.from([0, 0, 0, 24]),
      Buffer.from(`ftyp${brand}\0\0\0\0isommp42`),
      Buffer.alloc(64),
    ]);
  const webm = Buffer.from(
    '1a45dfa39f4286810142f7810142f2810442f381084282847765626d42878104428581021853806701ffffffffffffff',
    'hex',
  );
  const wav = Buffer.concat([Buffer.from('RIFF\x24\0\0\0WAVEfmt ', 'latin1'), Buffer.alloc(32)]);

  it('are told by their content', async () => {
    expect((await finish(ftyp('isom'), 'video')).mime).toBe('video/mp4');
    expect((await finish(webm, 'video')).mime).toBe('video/webm');
    expect((await finish(Buffer.from('#!AMR\n'.padEnd(40, '\0')), 'audio')).mime).toBe('audio/amr');
    expect((await finish(wav, 'audio')).mime).toBe('audio/wav');
    expect((await finish(ftyp('M4A '), 'audio')).mime).toMatch(/^audio\//);
  });

  it('take a recorder’s container for what it was recorded as', async () => {
    expect((await finish(webm, 'audio')).mime).toBe('audio/webm');
    expect((await finish(ftyp('isom'), 'audio')).mime).toBe('audio/mp4');
  });

  it('are refused where the content is something else', async () => {
    expect(await refused(wav, 'video')).toBe('FILE_TYPE_REFUSED');
    expect(await refused(Buffer.from('hello'), 'audio')).toBe('FILE_TYPE_REFUSED');
    expect(await refused(await twoTone(9, 9).png().toBuffer(), 'video')).toBe('FILE_TYPE_REFUSED');
  });

  it.each([
    ['hello, 世界', 'text/plain'],
    ['<html><script>alert(1)</script>', 'text/plain'],
    ['<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>', 'text/plain'],
    ['<svg xmlns="http://www.w3.org/2000/svg"/>', 'text/plain'],
    ['BEGIN:VCARD\nVERSION:3.0\nEND:VCARD', 'text/plain'],
    ['%PDF-1.7\n', 'application/pdf'],
    ['\0\u0001\u0002', 'application/octet-stream'],
    ['CWS\u0009 flash', 'text/plain'],
    ['', 'application/octet-stream'],
  ])('as files may be anything, and nothing active: %j', async (content, mime) => {
    const bytes = Buffer.from(content);
    const file = await finish(bytes, 'file', 'x.html');
    expect(file).toMatchObject({ mime, size: bytes.length, meta: {} });
    expect((await file.part('original')).equals(bytes)).toBe(true);
  });

  it('as files stay byte for byte, pictures too', async () => {
    const photo = await camera(twoTone(500, 400), 6).jpeg().toBuffer();
    const file = await finish(photo, 'file');
    expect(file).toMatchObject({ mime: 'image/jpeg', meta: {} });
    expect((await file.part('original')).equals(photo)).toBe(true);
  });
});

describe('finishing', () => {
  const file = (id: string, size: number) => ({
    app: 'one',
    id: id.repeat(32),
    name: 'x',
    use: 'image' as const,
    size,
    mime: '',
  });

  it('says what is missing', async () => {
    expect(await failure(world.processor.finish(file('U', 5)))).toMatchObject({
      code: 'FILE_UNFINISHED',
      detail: { received: 0, size: 5 },
    });
    await world.storage.receive(
      { app: 'one', id: 'U'.repeat(32) },
      { source: Readable.from([Buffer.from('abc')]), max: 5 },
    );
    expect(await failure(world.processor.finish(file('U', 5)))).toMatchObject({
      code: 'FILE_UNFINISHED',
      detail: { received: 3, size: 5 },
    });
  });

  it('can be asked for again, and twice at once', async () => {
    const photo = await camera(twoTone(500, 400), 6).jpeg().toBuffer();
    const asked = file('F', photo.length);
    await world.storage.receive(
      { app: 'one', id: asked.id },
      { source: Readable.from([photo]), max: photo.length },
    );
    const [first, second] = await Promise.all([world.processor.finish(asked), world.processor.finish(asked)]);
    expect(second).toEqual(first);
    // Renditions are made anew, from the turned original.
    const again = await world.processor.finish(asked);
    expect(again).toMatchObject({ size: first.size, mime: first.mime, meta: { width: 400, height: 500, thumb: { width: 198, height: 248 } } }); // prettier-ignore
    expect((await world.storage.stat({ app: 'one', id: asked.id }, 'thumb'))?.size).toBe(
      (again.meta as unknown as PictureFacts).thumb?.size,
    );
  });

  it('removes everything of a file', async () => {
    const photo = await twoTone(500, 400).jpeg().toBuffer();
    const asked = file('R', photo.length);
    const key = { app: 'one', id: asked.id };
    await world.storage.receive(key, { source: Readable.from([photo]), max: photo.length });
    await world.processor.finish(asked);
    expect(await world.storage.stat(key, 'thumb')).toBeDefined();
    await world.processor.remove('one', asked.id);
    for (const part of ['sealed', 'original', 'large', 'thumb'] as const)
      expect(await world.storage.stat(key, part)).toBeUndefined();
  });
});
