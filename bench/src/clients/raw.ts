import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/**
 * A WebSocket client that costs next to nothing, so that the figures are the server's: text frames only, the all-zero mask (legal,
 * and saves the XOR), frames handed on as text without looking inside. Texts are ASCII on both ways.
 */
export interface RawSocket {
  onText: (text: string) => void;
  /** `why`: the server's close code and reason, if it said any. */
  onClose: ((why: string) => void) | undefined;
  send(text: string): void;
  /** Bytes handed over and not yet gone. */
  readonly queued: number;
  /** Cuts the connection, without a word. */
  cut(): void;
}

/** The server refused the upgrade; `status` is its HTTP answer. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;
  constructor(head: string) {
    super(head.split('\r\n', 1)[0] ?? 'refused');
    this.status = Number(head.split(' ')[1]);
  }
}

export function connectRaw(url: URL, localAddress?: string): Promise<RawSocket> {
  return new Promise((resolve, reject) => {
    const to = { port: Number(url.port), host: url.hostname };
    const socket = connect(localAddress === undefined ? to : { ...to, localAddress });
    socket.setNoDelay(true);
    const failed = () => reject(new Error('the connection was closed before the upgrade'));
    socket.once('error', reject);
    socket.once('close', failed);
    socket.once('connect', () => {
      const key = randomBytes(16).toString('base64');
      socket.write(`GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`); // prettier-ignore
    });
    let head = EMPTY;
    const onHead = (chunk: Buffer) => {
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      socket.off('data', onHead);
      socket.off('close', failed);
      if (!head.toString('latin1', 0, 12).includes(' 101')) {
        socket.destroy();
        reject(new Refused(head.toString('latin1', 0, end)));
        return;
      }
      socket.off('error', reject);
      resolve(framed(socket, head.subarray(end + 4)));
    };
    socket.on('data', onHead);
  });
}

function framed(socket: Socket, first: Buffer): RawSocket {
  let rest: Buffer = first;
  let why = 'without a word';
  const client: RawSocket = {
    onText: () => undefined,
    onClose: undefined,
    send: (text) => socket.write(encode(text)),
    cut: () => socket.destroy(),
    get queued() {
      return socket.writableLength;
    },
  };
  const drain = () => {
    let at = 0;
    while (rest.length - at >= 2) {
      let length = rest[at + 1]! & 0x7f;
      let start = at + 2;
      if (length === 126) {
        if (rest.length < start + 2) break;
        length = rest.readUInt16BE(start);
        start += 2;
      } else if (length === 127) {
        if (rest.length < start + 8) break;
        length = Number(rest.readBigUInt64BE(start));
        start += 8;
      }
      if (rest.length < start + length) break;
      const opcode = rest[at]! & 0x0f;
      at = start + length;
      if (opcode === 1) client.onText(rest.toString('latin1', start, at));
      else if (opcode === 8) {
        if (length >= 2) why = `${rest.readUInt16BE(start)} ${rest.toString('utf8', start + 2, at)}`;
        socket.end();
      }
    }
    rest = at === rest.length ? EMPTY : rest.subarray(at);
  };
  socket.on('data', (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    drain();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => client.onClose?.(why));
  if (first.length > 0) setImmediate(drain);
  return client;
}

const EMPTY: Buffer = Buffer.alloc(0);

function encode(text: string): Buffer {
  const { length } = text;
  const head = length < 126 ? 6 : length < 65_536 ? 8 : 14;
  const frame = Buffer.allocUnsafe(head + length);
  frame[0] = 0x81;
  if (length < 126) frame[1] = 0x80 | length;
  else if (length < 65_536) {
    frame[1] = 0x80 | 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 0x80 | 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.writeUInt32BE(0, head - 4);
  frame.write(text, head, 'latin1');
  return frame;
}
