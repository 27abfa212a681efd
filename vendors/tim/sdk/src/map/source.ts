import type { FileSource } from '@magpie/client';

/** A file an app handed over, whatever it came from. */
export interface PickedFile {
  readonly source: FileSource;
  readonly name: string;
  readonly size: number;
  readonly mime: string | undefined;
  readonly seconds: number | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
}

type Loose = Readonly<Record<string, unknown>>;

const isLoose = (value: unknown): value is Loose => typeof value === 'object' && value !== null;
const num = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;
const str = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

function isBlob(value: Loose): boolean {
  return (
    typeof value['size'] === 'number' &&
    typeof value['type'] === 'string' &&
    typeof value['slice'] === 'function'
  );
}

function first(value: unknown): unknown {
  return Array.isArray(value)
    ? value[0]
    : isLoose(value) && num(value['length']) !== undefined
      ? value[0 as never]
      : undefined;
}

function baseName(path: string): string {
  return path.split(/[/\\]/).pop() ?? '';
}

function fromBlob(blob: Loose): PickedFile {
  const size = blob['size'] as number;
  return {
    source: { kind: 'blob', blob: blob as { size: number; type: string } & Loose },
    name: str(blob['name']) ?? 'file',
    size,
    mime: str(blob['type']),
    seconds: num(blob['duration']),
    width: undefined,
    height: undefined,
  };
}

/** `all`: what the chooser answered as a whole; single files lie inside it. Recorders count milliseconds, choosers seconds. */
function fromPath(path: string, file: Loose, all: Loose): PickedFile {
  const size = num(file['size']) ?? num(file['fileSize']) ?? num(all['size']) ?? 0;
  const duration = num(file['duration']) ?? num(all['duration']);
  const recorded = num(all['fileSize']) !== undefined;
  return {
    source: { kind: 'path', path, size },
    name: str(file['name']) ?? baseName(path),
    size,
    mime: undefined,
    seconds: duration === undefined ? undefined : recorded ? Math.floor(duration / 1000) : duration,
    width: num(file['width']) ?? num(all['width']),
    height: num(file['height']) ?? num(all['height']),
  };
}

/**
 * The file in what apps pass as `payload.file`: an input element, a `File` or `Blob`, or the answer of a mini-program's
 * chooser or recorder. Undefined: nothing was chosen.
 */
export function pickFile(given: unknown): PickedFile | undefined {
  if (!isLoose(given)) return undefined;
  if (isBlob(given)) return fromBlob(given);
  const listed = first(given['files']) ?? first(given['tempFiles']);
  if (isLoose(listed)) {
    if (isBlob(listed)) return fromBlob(listed);
    const path = str(listed['tempFilePath']) ?? str(listed['path']);
    if (path !== undefined) return fromPath(path, listed, given);
  }
  if (isLoose(given['tempFile']) && isBlob(given['tempFile'])) return fromBlob(given['tempFile']);
  const path = str(given['tempFilePath']) ?? str(first(given['tempFilePaths'])) ?? str(given['path']);
  return path === undefined ? undefined : fromPath(path, given, given);
}

/** Where the page can show it before it is uploaded. */
export function previewUrl({ source }: PickedFile): string | undefined {
  if (source.kind === 'path') return source.path;
  const { URL: maker } = globalThis as { URL?: { createObjectURL?: (blob: unknown) => string } };
  return source.kind === 'blob' && typeof maker?.createObjectURL === 'function'
    ? maker.createObjectURL(source.blob)
    : undefined;
}
