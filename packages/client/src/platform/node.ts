// The only file of the client that may import node's own modules or `ws`: Node 20 has no WebSocket.
import { randomBytes } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { MagpieError } from '@magpie/protocol';
import WebSocket from 'ws';
import { createMemoryStorage } from './memory-storage.ts';
import type { FileSource, HttpRequest, HttpResponse, Platform, Socket, UploadRequest } from './platform.ts';

const PIECE = 64 * 1024;

function connect(url: string): Socket {
  const inner = new WebSocket(url, { perMessageDeflate: false });
  const socket: Socket = {
    onOpen: undefined,
    onText: undefined,
    onClose: undefined,
    send: (text) => inner.send(text),
    // A peer that never answers the closing handshake must not keep the process alive.
    close: (code, reason) =>
      inner.readyState === WebSocket.CONNECTING ? inner.terminate() : inner.close(code, reason),
  };
  inner.on('open', () => socket.onOpen?.());
  inner.on('message', (data, binary) => {
    if (!binary) socket.onText?.(data.toString());
  });
  inner.on('close', (code, reason) => socket.onClose?.(code, reason.toString()));
  inner.on('error', () => undefined); // 'close' follows
  return socket;
}

async function http(request: HttpRequest): Promise<HttpResponse> {
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: { 'content-type': 'application/json', ...request.headers },
      ...(request.body === undefined ? {} : { body: request.body }),
      ...(request.timeout === undefined ? {} : { signal: AbortSignal.timeout(request.timeout) }),
    });
    return {
      status: response.status,
      body: await response.text(),
      headers: Object.fromEntries(response.headers),
    };
  } catch (cause) {
    throw new MagpieError('OFFLINE', { cause });
  }
}

async function bytesOf(source: FileSource, from: number, length: number | undefined): Promise<Uint8Array> {
  if (source.kind === 'bytes')
    return source.bytes.subarray(from, length === undefined ? undefined : from + length);
  const blob = source.kind === 'path' ? await openAsBlob(source.path) : (source.blob as unknown as Blob);
  return new Uint8Array(
    await blob.slice(from, length === undefined ? undefined : from + length).arrayBuffer(),
  );
}

function sizeOf(source: FileSource): number {
  return source.kind === 'bytes'
    ? source.bytes.length
    : source.kind === 'blob'
      ? source.blob.size
      : source.size;
}

async function readAll(response: IncomingMessage): Promise<HttpResponse> {
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  const headers = Object.entries(response.headers).map(([name, value]) => [name, String(value)] as const);
  return {
    status: response.statusCode ?? 0,
    body: Buffer.concat(parts).toString(),
    headers: Object.fromEntries(headers),
  };
}

async function upload(job: UploadRequest): Promise<HttpResponse> {
  const from = job.offset ?? 0;
  const bytes = await bytesOf(job.source, from, job.length);
  const total = sizeOf(job.source);
  const send = job.url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void => {
      job.signal?.removeEventListener('abort', abort);
      reject(
        new MagpieError(
          'OFFLINE',
          job.signal?.aborted === true ? { message: 'The upload was cancelled.' } : { cause },
        ),
      );
    };
    const out = send(job.url, {
      method: job.method ?? 'PUT',
      headers: { 'content-type': job.mime, 'content-length': bytes.length, ...job.headers },
    });
    const abort = (): void => void out.destroy(new Error('cancelled'));
    out.on('error', fail);
    out.on('response', (response) => {
      job.signal?.removeEventListener('abort', abort);
      readAll(response).then(resolve, fail);
    });
    if (job.signal?.aborted === true) return abort();
    job.signal?.addEventListener('abort', abort);
    writePiece(0);

    function writePiece(at: number): void {
      if (out.destroyed) return;
      if (at >= bytes.length) return void out.end();
      const piece = bytes.subarray(at, at + PIECE);
      out.write(piece, () => {
        job.onProgress?.(from + at + piece.length, total);
        writePiece(at + PIECE);
      });
    }
  });
}

/** Node's platform. Storage lives as long as the object. */
export function createPlatform(): Platform {
  return {
    name: 'node',
    connect,
    http,
    upload,
    storage: createMemoryStorage(),
    clock: {
      now: () => Date.now(),
      after: (ms, run) => {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
    },
    randomBytes: (length) => new Uint8Array(randomBytes(length)),
    isOnline: () => true,
    onNetworkHint: () => () => undefined,
    pageOrigin: undefined,
  };
}
