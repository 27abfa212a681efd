import type { Blob } from '@magpie/protocol';
import type { FileSource } from '@magpie/client';

/** Makes addresses of files; the client's `files`. */
export interface FileUrls {
  url(blob: Blob, rendition?: 'large' | 'thumb'): string;
}

const FILE_ID = '([0-9A-Za-z]{32})';
const OWN_PATHS = [
  new RegExp(`^/[^/]+/[^/]+/chatfiles/${FILE_ID}$`),
  new RegExp(`^/files/[^/]+/${FILE_ID}/[^/]*$`),
];

/** Extension of a file's name, lower case, without the dot. */
export function fileTypeOf(name: string | undefined): string {
  const at = name ? name.lastIndexOf('.') : -1;
  return name && at >= 0 ? name.slice(at + 1).toLowerCase() : '';
}

/**
 * The file id inside an address of this server (`chatfiles` or `files`), so that what an application uploaded by itself is one
 * of our files in every dialect; undefined for anybody else's address.
 */
export function ownFileId(url: string, server: string): string | undefined {
  if (server === '' || !url.startsWith(`${server}/`)) return undefined;
  const path = url.slice(server.length).replace(/[?#].*$/, '');
  for (const pattern of OWN_PATHS) {
    const found = pattern.exec(path)?.[1];
    if (found) return found;
  }
  return undefined;
}

interface LooseFile {
  readonly data?: unknown;
  readonly filename?: unknown;
  readonly filePath?: unknown;
  readonly path?: unknown;
  readonly size?: unknown;
  readonly name?: unknown;
}

/** What an application puts under `file`: a FileObj, or what mini-programs hand out. Undefined when there is nothing to upload. */
export function sourceOf(
  file: unknown,
): { readonly source: FileSource; readonly name?: string; readonly mime?: string } | undefined {
  if (typeof file !== 'object' || file === null) return undefined;
  const { data, filename, filePath, path, size, name } = file as LooseFile;
  const named =
    typeof filename === 'string' && filename !== '' ? filename : typeof name === 'string' ? name : undefined;
  const label = named === undefined ? {} : { name: named };
  if (data instanceof Uint8Array) return { source: { kind: 'bytes', bytes: data }, ...label };
  if (isBlob(data))
    return { source: { kind: 'blob', blob: data }, ...label, ...(data.type ? { mime: data.type } : {}) };
  if (isBlob(file))
    return { source: { kind: 'blob', blob: file }, ...label, ...(file.type ? { mime: file.type } : {}) };
  const place = typeof filePath === 'string' ? filePath : typeof path === 'string' ? path : undefined;
  if (place === undefined) return undefined;
  return { source: { kind: 'path', path: place, size: typeof size === 'number' ? size : 0 }, ...label };
}

function isBlob(value: unknown): value is { readonly size: number; readonly type: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'slice' in value &&
    typeof (value as { size?: unknown }).size === 'number' &&
    typeof (value as { type?: unknown }).type === 'string'
  );
}
