import { createHash, timingSafeEqual } from 'node:crypto';
import { MagpieError, type StoredFile } from '@magpie/protocol';
import { callerOf } from './auth.ts';
import { envelope } from './envelope.ts';
import { RestError } from './errors.ts';
import type { EasemobApp, WebimPorts, WebimReply, WebimRequest } from './ports.ts';

const SECRET_LENGTH = 32;

/** `POST /{org}/{app}/chatfiles`: one file in the multipart field `file`, with an app's or a user's token. */
export async function postChatfile(
  ports: WebimPorts,
  app: EasemobApp,
  request: WebimRequest,
): Promise<WebimReply> {
  const startedAt = ports.now();
  const caller = await callerOf(ports, app, request);
  if (caller.kind === 'anonymous') throw new MagpieError('UNAUTHENTICATED');
  if (!request.parts) throw new RestError(415, 'web_application', 'Unsupported Media Type');
  const shareSecret = ports.randomText(SECRET_LENGTH);
  const restricted = request.headers['restrict-access'] === 'true';
  let stored: StoredFile | undefined;
  for await (const part of request.parts) {
    if (part.kind !== 'file') continue;
    // One file a call; what else is sent is read past, or the request could not be answered.
    if (part.name !== 'file' || stored) await drain(part.stream);
    else {
      const name = baseName(part.filename);
      stored = await ports.storeFile(app, caller, {
        name,
        mime: part.mime,
        stream: part.stream,
        shareSecret,
        restricted,
      });
    }
  }
  if (!stored) throw new RestError(400, 'illegal_argument', 'the multipart field file is missing');
  return {
    status: 200,
    body: {
      ...envelope(app, request, 'post', '/chatfiles', { startedAt, now: ports.now() }),
      entities: [{ uuid: stored.fileId, type: 'chatfile', 'share-secret': shareSecret }],
    },
  };
}

async function drain(stream: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of stream);
}

function baseName(name: string): string {
  return name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1).slice(-255) || 'file';
}

/** `GET /{org}/{app}/chatfiles/{uuid}`: the id is the capability; a restricted file also asks for its secret. */
export async function getChatfile(
  ports: WebimPorts,
  app: EasemobApp,
  request: WebimRequest,
): Promise<WebimReply> {
  const fileId = request.params['uuid'] ?? '';
  const access = /^[0-9A-Za-z]{32}$/.test(fileId) ? await ports.fileAccess(app, fileId) : undefined;
  if (!access) throw new MagpieError('FILE_NOT_FOUND');
  if (app.filesSigned && (await callerOf(ports, app, request)).kind === 'anonymous')
    throw new MagpieError('UNAUTHENTICATED');
  const given = request.headers['share-secret'] ?? request.query['share-secret'] ?? '';
  if (access.restricted && !equal(given, access.shareSecret ?? '')) throw new MagpieError('UNAUTHENTICATED');
  const thumbnail = request.headers['thumbnail'] === 'true' || request.query['thumbnail'] === 'true';
  return { status: 200, file: { fileId, rendition: thumbnail ? 'thumb' : undefined } };
}

function equal(given: string, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return secret !== '' && timingSafeEqual(digest(given), digest(secret));
}
