import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import fastifyMultipart from '@fastify/multipart';
import { checkInput, type AppContext, type Ctx } from '@magpie/domain';
import { decodeJson, MagpieError, OPERATIONS } from '@magpie/protocol';
import type { Caller, EasemobApp, Part, WebimPorts, WebimRequest, WebimRoute } from '@magpie/webim-server'; // prettier-ignore
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendFile } from './files/download.ts';
import { storeUpload } from './files/store-upload.ts';
import type { PluginContext } from './plugins.ts';
import { allowOrigin } from './rest/cors.ts';
import { secretsOf } from './tokens.ts';

const clock = { now: Date.now };
const FORM_LIMITS = { files: 2, fields: 20, parts: 22, fieldSize: 16 * 1024, headerPairs: 50 };
/** Bytes of a refused body that are still taken, so that its sender gets to read the answer. */
const DISCARD = 8 * 1024 * 1024;

/** Easemob's own paths, `/{org}/{app}/…`. */
export async function mountWebim(http: FastifyInstance, context: PluginContext): Promise<void> {
  const routes = context.plugins.webim(portsOf(context));
  const preflights = new Set(routes.map(({ path }) => path));
  for (const route of routes.filter(({ multipart }) => !multipart)) mountRoute(http, context, route);
  for (const path of preflights) {
    http.options(path, async (request, reply) => {
      allowOrigin(request, reply, originsOf(context, request), true);
      return reply.code(204).send();
    });
  }
  await http.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // Bodies stay on the socket until the handler takes them.
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    await scope.register(fastifyMultipart, { throwFileSizeLimit: false });
    for (const route of routes.filter(({ multipart }) => multipart)) mountRoute(scope, context, route);
  });
}

function mountRoute(http: FastifyInstance, context: PluginContext, route: WebimRoute): void {
  http.route({
    method: route.method,
    url: route.path,
    ...(route.multipart ? { bodyLimit: Number.MAX_SAFE_INTEGER } : {}),
    handler: async (request, reply) => {
      allowOrigin(request, reply, originsOf(context, request), false);
      const answer = await route.handle(requestOf(request, route.multipart));
      if (route.multipart) discardRest(request);
      if ('file' in answer) return await sendStored(context, request, reply, answer.file);
      return reply.code(answer.status).type('application/json; charset=utf-8').header('cache-control', 'no-store').send(JSON.stringify(answer.body)); // prettier-ignore
    },
  });
}

type Params = Readonly<Record<string, string>>;

function doorOf({ domain }: PluginContext, params: Params) {
  const door = domain.apps.door('webim', `${params['org'] ?? ''}#${params['app'] ?? ''}`);
  const app = door && domain.apps.get(door.app);
  return door && app ? { door, app } : undefined;
}

function originsOf(context: PluginContext, request: FastifyRequest): readonly string[] {
  return doorOf(context, request.params as Params)?.app.settings['cors.origins'] ?? ['*'];
}

function requestOf(request: FastifyRequest, multipart: boolean): WebimRequest {
  return {
    params: request.params as Params,
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value])), // prettier-ignore
    query: Object.fromEntries(
      Object.entries(request.query as Params).map(([name, value]) => [name, String(value)]),
    ),
    body: multipart ? undefined : jsonOf(request.body),
    parts: multipart && request.isMultipart() ? partsOf(request) : undefined,
    origin: `${request.protocol}://${request.headers.host ?? ''}`,
    address: request.ip,
  };
}

function jsonOf(body: unknown): unknown {
  try {
    return typeof body === 'string' && body !== '' ? decodeJson(body) : undefined;
  } catch {
    return undefined;
  }
}

async function* partsOf(request: FastifyRequest): AsyncGenerator<Part> {
  for await (const part of request.parts({ limits: FORM_LIMITS })) {
    if (part.type === 'file')
      yield { kind: 'file', name: part.fieldname, filename: part.filename ?? '', mime: part.mimetype, stream: part.file }; // prettier-ignore
    else yield { kind: 'field', name: part.fieldname, value: String(part.value) };
  }
}

/** A socket that is reset under a sender loses the answer too. */
function discardRest({ raw }: FastifyRequest): void {
  if (raw.complete || raw.destroyed) return;
  let left = DISCARD;
  raw.unpipe();
  raw.on('error', () => undefined);
  raw.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) raw.destroy();
  });
  raw.resume();
}

async function sendStored(
  context: PluginContext,
  request: FastifyRequest,
  reply: FastifyReply,
  file: { fileId: string; rendition: 'thumb' | undefined },
): Promise<FastifyReply> {
  const found = doorOf(context, request.params as Params);
  const row = found && (await context.store.files.get(found.app.id, file.fileId));
  if (row?.state !== 'finished') throw new MagpieError('FILE_NOT_FOUND');
  // What it takes to read it may change with the app's settings and the request's headers.
  return await sendFile(context, row, file.rendition ?? 'original', 'private, max-age=3600', request, reply);
}

function portsOf(context: PluginContext): WebimPorts {
  const { domain, store, sealer, tokens } = context;
  const appOf = ({ id }: EasemobApp): AppContext => {
    const app = domain.apps.get(id);
    if (!app) throw new MagpieError('APP_NOT_FOUND');
    return app;
  };
  const ctxOf = (app: EasemobApp, caller: Caller): Ctx => ({
    app: appOf(app),
    caller: caller.kind,
    userId: caller.kind === 'user' ? caller.userId : '',
    ...(caller.kind === 'anonymous' ? { address: caller.address } : {}),
    ...(caller.kind === 'admin' ? { by: `webim:${app.appKey}` } : {}),
  });
  return {
    findApp: (appKey) => {
      const [org = '', name = ''] = appKey.split('#', 2);
      const found = doorOf(context, { org, app: name });
      if (!found) return undefined;
      const { door, app } = found;
      return {
        id: app.id,
        appKey: door.vendorId,
        clientId: door.clientId ?? '',
        clientSecrets: secretsOf({ sealer, clock }, door),
        filesSigned: app.settings['files.signed'],
        tokenLife: app.settings['token.life'],
      };
    },
    call: (app, caller, operation, input) => {
      const definition = OPERATIONS.get(operation);
      if (!definition) throw new MagpieError('UNKNOWN_OPERATION');
      return domain.call(operation, ctxOf(app, caller), checkInput(definition, input) as typeof input);
    },
    authenticate: async (app, token) => (await domain.authenticate(token, app.id)).user.id,
    issueUserToken: (app, userId, life) => tokens.issue(app.id, userId, life),
    storeFile: (app, caller, { name, mime, stream, shareSecret, restricted }) =>
      storeUpload(context, ctxOf(app, caller), {
        stream: stream instanceof Readable ? stream : Readable.from(stream),
        name,
        mime,
        use: 'auto',
        guard: { shareSecret, restricted },
      }),
    fileAccess: async (app, fileId) => {
      const row = await store.files.get(app.id, fileId);
      if (row?.state !== 'finished') return undefined;
      const { shareSecret, restricted } = JSON.parse(row.meta) as {
        shareSecret?: string;
        restricted?: boolean;
      };
      return { shareSecret, restricted: restricted === true };
    },
    randomText: (length) => randomBytes(length).toString('hex').slice(0, length),
    now: clock.now,
    onInternal: context.onInternal,
  };
}
