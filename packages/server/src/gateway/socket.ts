import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** All the gateway asks of a transport. */
export interface GatewaySocket {
  /** A text, or one that `encodeFrame` made, to be shared by many. */
  send(frame: Buffer | string): void;
  close(code: number, reason: string): void;
  /** Stops reading from the peer, and goes on. */
  pause(): void;
  resume(): void;
  /** Bytes handed over and not yet gone. */
  readonly queued: number;
}

/** A text frame whole, as it goes over the wire: FIN and text, length, the text (RFC 6455 §5.2; a server's frames are not masked). */
export function encodeFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const header = headerOf(length);
  const frame = Buffer.allocUnsafe(header.length + length);
  frame.write(header, 0, 'latin1');
  frame.write(text, header.length, 'utf8');
  return frame;
}

function headerOf(length: number): string {
  if (length < 126) return String.fromCharCode(0x81, length);
  if (length < 65_536) return String.fromCharCode(0x81, 126, length >>> 8, length & 255);
  return String.fromCharCode(0x81, 127, 0, 0, 0, 0, length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255); // prettier-ignore
}

/**
 * `ws` reads, answers pings and closes; frames are written to the stream underneath by ourselves, whole, so that each is one write of one
 * buffer, and a buffer that goes to many is made once. That is safe because nothing `ws` sends here is compressed or
 * fragmented: what it sends, it writes at once.
 */
export class WsSocket implements GatewaySocket {
  private readonly ws: WebSocket;
  private readonly stream: Duplex;

  constructor(ws: WebSocket, stream: Duplex) {
    this.ws = ws;
    this.stream = stream;
  }

  get queued(): number {
    return this.stream.writableLength;
  }

  send(frame: Buffer | string): void {
    if (this.ws.readyState !== this.ws.OPEN) return;
    if (typeof frame !== 'string') this.stream.write(frame);
    // Of pure ASCII, the header's bytes and the text are one Latin-1 string: no buffer at all.
    else if (Buffer.byteLength(frame) === frame.length)
      this.stream.write(headerOf(frame.length) + frame, 'latin1');
    else this.stream.write(encodeFrame(frame));
  }

  close(code: number, reason: string): void {
    const { ws } = this;
    ws.close(code, reason);
    // A peer that does not answer the close frame is cut.
    const timer = setTimeout(() => ws.terminate(), CLOSE_GRACE);
    timer.unref();
    ws.once('close', () => clearTimeout(timer));
  }

  pause(): void {
    this.ws.pause();
  }

  resume(): void {
    this.ws.resume();
  }
}

const CLOSE_GRACE = 5_000;
