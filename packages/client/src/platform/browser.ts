import { MagpieError } from '@magpie/protocol';
import { createMemoryStorage } from './memory-storage.ts';
import type { FileSource, HttpRequest, HttpResponse, KeyValueStorage, Platform, Socket, UploadRequest } from './platform.ts'; // prettier-ignore

// Only what is used, so that this file type-checks without DOM types and runs where half of it is missing.
interface BrowserSocket {
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
  onerror: (() => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}
interface Xhr {
  readonly upload: { onprogress: ((event: { readonly loaded: number }) => void) | null };
  readonly status: number;
  readonly responseText: string;
  timeout: number;
  onload: (() => void) | null;
  onerror: (() => void) | null;
  ontimeout: (() => void) | null;
  onabort: (() => void) | null;
  open(method: string, url: string): void;
  setRequestHeader(name: string, value: string): void;
  getAllResponseHeaders(): string;
  send(body?: unknown): void;
  abort(): void;
}
interface WebStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}
interface Target {
  addEventListener?(type: string, listener: () => void): void;
  removeEventListener?(type: string, listener: () => void): void;
}
interface BrowserGlobals extends Target {
  readonly WebSocket?: new (url: string) => BrowserSocket;
  readonly XMLHttpRequest?: new () => Xhr;
  readonly localStorage?: WebStorage;
  readonly sessionStorage?: WebStorage;
  readonly navigator?: { readonly onLine?: boolean };
  readonly location?: { readonly origin?: string };
  readonly document?: Target & { readonly visibilityState?: string };
  readonly crypto?: { getRandomValues?(bytes: Uint8Array): Uint8Array };
}

function globals(): BrowserGlobals {
  return globalThis as unknown as BrowserGlobals;
}

function connect(url: string): Socket {
  const Socket = globals().WebSocket;
  if (!Socket)
    throw new MagpieError('OFFLINE', { message: 'This environment has no WebSocket; pass a `platform`.' });
  const inner = new Socket(url);
  const socket: Socket = {
    onOpen: undefined,
    onText: undefined,
    onClose: undefined,
    send: (text) => inner.send(text),
    close: (code, reason) => inner.close(code, reason),
  };
  inner.onopen = () => socket.onOpen?.();
  inner.onmessage = (event) => {
    if (typeof event.data === 'string') socket.onText?.(event.data);
  };
  inner.onclose = (event) => socket.onClose?.(event.code, event.reason);
  inner.onerror = () => undefined; // onclose follows and says as much as a page may know
  return socket;
}

interface Sending {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly timeout?: number | undefined;
  readonly onProgress?: ((sent: number) => void) | undefined;
  readonly signal?: UploadRequest['signal'];
}

function send(request: Sending): Promise<HttpResponse> {
  const Xhr = globals().XMLHttpRequest;
  if (!Xhr)
    return Promise.reject(new MagpieError('OFFLINE', { message: 'This environment has no XMLHttpRequest.' }));
  return new Promise((resolve, reject) => {
    const xhr = new Xhr();
    const abort = (): void => xhr.abort();
    const fail = (code: 'OFFLINE' | 'TIMEOUT', message?: string) => () => {
      request.signal?.removeEventListener('abort', abort);
      reject(new MagpieError(code, message === undefined ? {} : { message }));
    };
    xhr.open(request.method, request.url);
    for (const [name, value] of Object.entries(request.headers)) xhr.setRequestHeader(name, value);
    if (request.timeout !== undefined) xhr.timeout = request.timeout;
    const { onProgress } = request;
    if (onProgress) xhr.upload.onprogress = (event) => onProgress(event.loaded);
    xhr.onerror = fail('OFFLINE');
    xhr.ontimeout = fail('OFFLINE');
    xhr.onabort = fail('OFFLINE', 'The upload was cancelled.');
    xhr.onload = () => {
      request.signal?.removeEventListener('abort', abort);
      resolve({
        status: xhr.status,
        body: xhr.responseText,
        headers: parseHeaders(xhr.getAllResponseHeaders()),
      });
    };
    if (request.signal?.aborted === true) return xhr.onabort();
    request.signal?.addEventListener('abort', abort);
    xhr.send(request.body);
  });
}

function parseHeaders(text: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return headers;
}

function bodyOf(source: FileSource, from: number, to: number): unknown {
  if (source.kind === 'bytes') return source.bytes.subarray(from, to);
  if (source.kind === 'blob') {
    const blob = source.blob as { slice(from: number, to: number): unknown } & typeof source.blob;
    return blob.slice(from, to);
  }
  throw new MagpieError('BAD_REQUEST', { message: 'A browser cannot read files by path.' });
}

function sizeOf(source: FileSource): number {
  return source.kind === 'bytes'
    ? source.bytes.length
    : source.kind === 'blob'
      ? source.blob.size
      : source.size;
}

async function upload(request: UploadRequest): Promise<HttpResponse> {
  const total = sizeOf(request.source);
  const from = request.offset ?? 0;
  const to = request.length === undefined ? total : Math.min(total, from + request.length);
  return send({
    url: request.url,
    method: request.method ?? 'PUT',
    headers: { 'content-type': request.mime, ...request.headers },
    body: bodyOf(request.source, from, to),
    onProgress: request.onProgress && ((sent) => request.onProgress?.(from + sent, total)),
    signal: request.signal,
  });
}

/** Storage that is refused (private windows, sandboxed frames) behaves as if it forgot everything. */
function webStorage(which: 'localStorage' | 'sessionStorage'): KeyValueStorage {
  const fallback = createMemoryStorage();
  const attempt = <T>(work: (storage: WebStorage) => T, otherwise: () => T): T => {
    try {
      const storage = globals()[which];
      return storage ? work(storage) : otherwise();
    } catch {
      return otherwise();
    }
  };
  return {
    get: (key) => attempt((s) => s.getItem(key) ?? undefined, () => fallback.get(key)), // prettier-ignore
    set: (key, value) => attempt((s) => s.setItem(key, value), () => fallback.set(key, value)), // prettier-ignore
    remove: (key) => attempt((s) => s.removeItem(key), () => fallback.remove(key)), // prettier-ignore
  };
}

function listen(target: Target | undefined, type: string, listener: () => void): () => void {
  target?.addEventListener?.(type, listener);
  return () => target?.removeEventListener?.(type, listener);
}

function onNetworkHint(handler: (online: boolean) => void): () => void {
  const { document } = globals();
  const ends = [
    listen(globals(), 'online', () => handler(true)),
    listen(globals(), 'offline', () => handler(false)),
    listen(document, 'visibilitychange', () => {
      if (document?.visibilityState === 'visible') handler(true);
    }),
  ];
  return () => ends.forEach((end) => end());
}

function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const { crypto } = globals();
  if (crypto?.getRandomValues) return crypto.getRandomValues(bytes);
  return bytes.map(() => Math.floor(Math.random() * 256));
}

/** The page's platform. Nothing is touched before it is called. */
export function createPlatform(): Platform {
  const origin = globals().location?.origin;
  return {
    name: 'browser',
    connect,
    http: (request: HttpRequest) =>
      send({ ...request, headers: { 'content-type': 'application/json', ...request.headers } }),
    upload,
    storage: webStorage('localStorage'),
    tabStorage: webStorage('sessionStorage'),
    onLeave: (handler) => listen(globals(), 'pagehide', handler),
    clock: {
      now: () => Date.now(),
      after: (ms, run) => {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
    },
    randomBytes,
    isOnline: () => globals().navigator?.onLine !== false,
    onNetworkHint,
    // `file:` pages and sandboxed frames have the origin "null".
    pageOrigin: origin !== undefined && origin.startsWith('http') ? origin : undefined,
  };
}
