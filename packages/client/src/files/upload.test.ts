import { expect, test } from 'vitest';
import type { HttpResponse, UploadRequest } from '../platform/platform.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { createFakePlatform } from '../testing/fake-platform.ts';
import { uploadFile, type UploadNeeds } from './upload.ts';

const MB = 1024 * 1024;

/** A file store that may fail: `script` says what happens to each try. */
function bench(script: ('ok' | 'lost' | 'cut' | number)[]) {
  const clock = new FakeClock();
  const tries: { readonly offset: number | undefined }[] = [];
  let stored = 0;
  const platform = {
    ...createFakePlatform(clock, () => undefined),
    http: async (): Promise<HttpResponse> => ({
      status: 200,
      body: '',
      headers: { 'upload-offset': String(stored) },
    }),
    upload: async (request: UploadRequest): Promise<HttpResponse> => {
      tries.push({ offset: request.offset });
      const size = request.source.kind === 'bytes' ? request.source.bytes.length : 0;
      const outcome = script.shift() ?? 'ok';
      if (typeof outcome === 'number') return { status: outcome, body: '' };
      if (outcome === 'cut') return { status: 503, body: '' };
      stored = Math.min(size, (request.offset ?? 0) + (request.length ?? size));
      request.onProgress?.(stored, size);
      return outcome === 'lost' ? { status: 502, body: '' } : { status: 204, body: '' };
    },
  };
  const request = (async (op: string, input: { name?: string }) =>
    op === 'file.grant' ? { fileId: 'F', path: '/up', expiresAt: 0, maxBytes: 0 } : { file: { fileId: 'F', name: input.name ?? '', size: stored, mime: '', path: '' } }) as unknown as UploadNeeds['request']; // prettier-ignore
  const run = async (size: number) => {
    const parts: number[] = [];
    const done = uploadFile(
      { platform, server: 'http://s', request },
      { source: { kind: 'bytes', bytes: new Uint8Array(size) }, name: 'a', use: 'file' },
      { onProgress: (part) => parts.push(part) },
    );
    const settled = done.catch((error: unknown) => error);
    await clock.advance(120_000);
    return { result: await settled, parts };
  };
  return { run, tries, stored: () => stored };
}

test('a small file goes in one piece, again after a failure', async () => {
  const { run, tries } = bench(['cut', 'ok']);
  const { parts, result } = await run(MB);
  expect(result).toMatchObject({ fileId: 'F', size: MB });
  expect(tries).toHaveLength(2);
  expect(parts.at(-1)).toBe(1);
});

test('a large file goes in pieces; one whose answer was lost is not sent twice', async () => {
  const { run, tries } = bench(['ok', 'lost', 'ok']);
  const { result } = await run(10 * MB);
  expect(result).toMatchObject({ size: 10 * MB });
  expect(tries.map(({ offset }) => offset)).toEqual([0, 4 * MB, 8 * MB]);
});

test('a refusal is not repeated', async () => {
  const { run, tries } = bench([413]);
  expect((await run(MB)).result).toMatchObject({ code: 'TOO_LARGE' });
  expect(tries).toHaveLength(1);
});
