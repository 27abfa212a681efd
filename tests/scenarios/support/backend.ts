import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request of the server to an app's back end. */
export interface Received {
  readonly path: string;
  readonly id: string;
  readonly signed: boolean;
  readonly body: {
    readonly id: string;
    readonly app: string;
    readonly at: number;
    readonly attempt?: number;
    readonly event?: { readonly e: string; readonly c?: string; readonly n?: number; readonly u?: string; readonly d: Record<string, unknown> }; // prettier-ignore
    readonly before?: string;
    readonly user?: string;
    readonly platform?: string;
    readonly input?: Record<string, unknown>;
  };
}

type Answer = number | Record<string, unknown>;

/** A little HTTP server on this machine that plays an app's back end. */
export interface Backend extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly got: readonly Received[];
  /** Secrets to check signatures with, by path. */
  readonly secrets: Map<string, string>;
  /** A status, or an object as JSON; `undefined`: no answer at all. */
  answer: (request: Received) => Answer | undefined | Promise<Answer | undefined>;
  /** Resolves when the requests so far satisfy this. */
  until(fits: (got: readonly Received[]) => boolean): Promise<void>;
  /** Stops listening, as a back end that is down. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function createBackend(): Promise<Backend> {
  const got: Received[] = [];
  const secrets = new Map<string, string>();
  const waiting = new Set<() => void>();
  let server: Server | undefined;
  let port = 0;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const path = request.url ?? '';
    const signature = String(request.headers['magpie-signature']);
    const received: Received = { path, id: String(request.headers['magpie-event-id']), signed: verified(secrets.get(path) ?? '', signature, text), body: JSON.parse(text) as Received['body'] }; // prettier-ignore
    got.push(received);
    const answering = backend.answer(received);
    for (const check of waiting) check();
    const answer = await answering;
    if (answer === undefined) return;
    if (typeof answer === 'number') response.writeHead(answer).end();
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }

  const backend: Backend = {
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    get port() {
      return port;
    },
    got,
    secrets,
    answer: () => 200,
    until: (fits) =>
      new Promise((resolve) => {
        const check = () => {
          if (!fits(got)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    start: async () => {
      const made = createServer((request, response) => void handle(request, response).catch(() => response.destroy())); // prettier-ignore
      server = made;
      await new Promise<void>((resolve) => made.listen(port, '127.0.0.1', resolve));
      port = (made.address() as AddressInfo).port;
    },
    stop: async () => {
      const old = server;
      server = undefined;
      if (!old) return;
      old.closeAllConnections();
      await new Promise<void>((resolve) => old.close(() => resolve()));
    },
    [Symbol.asyncDispose]: () => backend.stop(),
  };
  await backend.start();
  return backend;
}

function verified(secret: string, signature: string, body: string): boolean {
  const [, time = '', given = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
  const expected = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
  return given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
}
