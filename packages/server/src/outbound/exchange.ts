import { request as httpRequest, type Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { OutboundError, type OutboundAnswer } from '@magpie/domain';
import type { Message, Target } from './target.ts';

/** Everything one exchange needs; the addresses have been checked. */
export interface Exchange {
  readonly target: Target;
  readonly message: Message;
  readonly addresses: readonly string[];
  readonly agent: Agent;
  readonly maxBytes: number;
  /** Aborted with the `OutboundError` that is to be thrown. */
  readonly signal: AbortSignal;
  /** Certificates to trust instead of the usual ones. */
  readonly ca: string | undefined;
}

/** Sockets are kept per set of addresses: after a name moved, none of its old ones serves again. */
export interface Pinned {
  readonly pinned: string;
}

/** Before the next of several addresses is tried. */
const ATTEMPT = 1_000;
const MAX_HEADERS = 16 * 1024;

/** A socket that was closed by its peer while it lay idle. */
class StaleSocket extends Error {}

export async function exchange(how: Exchange): Promise<OutboundAnswer> {
  try {
    return await attempt(how, how.agent);
  } catch (error) {
    if (!(error instanceof StaleSocket)) throw error;
    return await attempt(how, false);
  }
}

async function attempt(how: Exchange, agent: Agent | false): Promise<OutboundAnswer> {
  const { target, message, signal } = how;
  signal.throwIfAborted();
  return await new Promise((resolve, reject) => {
    const request = (target.secure ? httpsRequest : httpRequest)(optionsOf(how, agent));
    const abort = (): void => fail(signal.reason as Error);
    const settle = (): void => {
      signal.removeEventListener('abort', abort);
      // An answer can come before all was said; then nothing would end the rest.
      if (!request.writableFinished) request.destroy();
    };
    const fail = (error: Error): void => {
      settle();
      request.destroy();
      reject(error);
    };
    const phase = watchPhase(request, target.secure);
    signal.addEventListener('abort', abort, { once: true });
    request.on('error', (error) => fail(translate(error, request, phase())));
    request.on('upgrade', () => fail(new OutboundError('protocol', 'The host changed the protocol.')));
    request.on('response', (response) => {
      readAnswer(response, how.maxBytes).then((answer) => {
        settle();
        resolve(answer);
      }, fail);
    });
    request.end(message.body);
  });
}

function optionsOf({ target, message, addresses, ca }: Exchange, agent: Agent | false): RequestOptions {
  const pinned: Pinned = { pinned: [...addresses].sort().join(' ') };
  return {
    ...pinned,
    hostname: target.hostname,
    port: target.port,
    path: target.path,
    method: message.method,
    headers: message.headers,
    agent,
    lookup: lookupIn(addresses),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: ATTEMPT,
    // Said aloud, because environment variables and Node's flags change the defaults.
    maxHeaderSize: MAX_HEADERS,
    insecureHTTPParser: false,
    rejectUnauthorized: true,
    // An address is not a server name (RFC 6066).
    servername: target.literal ? '' : target.hostname,
    ...(ca !== undefined && { ca }),
  } as RequestOptions;
}

/** Instead of asking DNS again, which may answer differently the second time. */
function lookupIn(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_hostname, options, callback) => {
    const [first] = all;
    if (options.all === true) process.nextTick(callback, null, all);
    else process.nextTick(callback, null, first?.address, first?.family);
  };
}

type Phase = 'connect' | 'tls' | 'talk' | 'answer';

function watchPhase(request: ClientRequest, secure: boolean): () => Phase {
  let phase: Phase = 'connect';
  request.on('socket', (socket) => {
    // A kept one: listeners would heap up on it.
    if (!socket.connecting) return void (phase = 'talk');
    socket.once('connect', () => (phase = secure ? 'tls' : 'talk'));
    if (secure) socket.once('secureConnect', () => (phase = 'talk'));
  });
  request.on('response', () => (phase = 'answer'));
  return () => phase;
}

function translate(error: NodeJS.ErrnoException, request: ClientRequest, phase: Phase): Error {
  const { code = '' } = error;
  const broke = code === 'ECONNRESET' || code === 'EPIPE';
  if (broke && request.reusedSocket && phase === 'talk') return new StaleSocket();
  const cause = { cause: error };
  if (code === 'HPE_HEADER_OVERFLOW')
    return new OutboundError('size', "The answer's headers are too long.", cause);
  if (code.startsWith('HPE_')) return new OutboundError('protocol', 'The answer is not HTTP.', cause);
  if (phase === 'tls') return new OutboundError('tls', `No secure connection${code && ` (${code})`}.`, cause);
  if (phase === 'connect')
    return new OutboundError('connect', `No connection${code && ` (${code})`}.`, cause);
  return new OutboundError('connect', `The connection broke${code && ` (${code})`}.`, cause);
}

async function readAnswer(response: IncomingMessage, maxBytes: number): Promise<OutboundAnswer> {
  const { headers } = response;
  const tooLong = (): OutboundError =>
    new OutboundError('size', `The answer is longer than ${maxBytes} bytes.`);
  if ((headers['content-encoding'] ?? 'identity') !== 'identity')
    throw new OutboundError('protocol', 'The answer is packed, which was not asked for.');
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw tooLong();
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw tooLong();
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof OutboundError
      ? error
      : new OutboundError('connect', 'The connection broke in the middle of the answer.', { cause: error });
  }
  return {
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]),
    ),
    body: new TextDecoder().decode(Buffer.concat(chunks)),
  };
}
