import { expect, test } from 'vitest';
import { pickFile } from './source.ts';

const blob = new Blob(['words'], { type: 'text/plain' });
const file = Object.assign(new Blob(['abc'], { type: 'audio/wav' }), { name: 'a.wav', duration: 2.5 });

test('what browsers hand over: a File, a Blob, an input element', () => {
  expect(pickFile(file)).toMatchObject({
    source: { kind: 'blob', blob: file },
    name: 'a.wav',
    size: 3,
    mime: 'audio/wav',
    seconds: 2.5,
  });
  expect(pickFile(blob)).toMatchObject({ name: 'file', size: 5 });
  expect(pickFile({ files: [file, blob] })).toMatchObject({ source: { kind: 'blob', blob: file } });
  expect(pickFile({ files: { 0: blob, length: 1 } })).toMatchObject({ source: { kind: 'blob', blob } });
});

test('what mini-programs hand over: choosers of several ages, and the recorder', () => {
  const path = (of: string, size: number) => ({ source: { kind: 'path', path: of, size } });
  expect(
    pickFile({ tempFilePaths: ['wx://a.png'], tempFiles: [{ path: 'wx://a.png', size: 9 }] }),
  ).toMatchObject({ ...path('wx://a.png', 9), name: 'a.png' });
  expect(
    pickFile({
      tempFiles: [{ tempFilePath: 'wx://v.mp4', size: 7, duration: 3, width: 4, height: 5 }],
      type: 'video',
    }),
  ).toMatchObject({ ...path('wx://v.mp4', 7), seconds: 3, width: 4, height: 5 });
  expect(pickFile({ tempFilePath: 'wx://v.mp4', size: 8, duration: 6, width: 1, height: 2 })).toMatchObject({
    ...path('wx://v.mp4', 8),
    seconds: 6,
  });
  expect(pickFile({ tempFilePath: 'wx://r.mp3', fileSize: 5, duration: 4_200 })).toMatchObject({
    ...path('wx://r.mp3', 5),
    seconds: 4,
  });
  expect(pickFile({ tempFiles: [{ path: 'wx://x', name: 'b.pdf', size: 6 }] })).toMatchObject({
    ...path('wx://x', 6),
    name: 'b.pdf',
  });
  expect(pickFile({ tempFilePaths: ['only-a-path'] })).toMatchObject(path('only-a-path', 0));
  expect(pickFile({ tempFiles: [file] })).toMatchObject({ source: { kind: 'blob', blob: file } });
});

test('nothing was chosen', () => {
  for (const nothing of [undefined, null, '', {}, { files: [] }, { tempFiles: [], tempFilePaths: [] }])
    expect(pickFile(nothing)).toBeUndefined();
});
