import { requireApp } from './auth.ts';
import { getChatfile, postChatfile } from './chatfiles.ts';
import { errorReply } from './errors.ts';
import type { EasemobApp, WebimPorts, WebimReply, WebimRequest, WebimRoute } from './ports.ts';
import { postToken } from './token.ts';
import { getUser, postUsers } from './users.ts';

type Handler = (ports: WebimPorts, app: EasemobApp, request: WebimRequest) => Promise<WebimReply>;

const TABLE: readonly (readonly [WebimRoute['method'], string, Handler, multipart?: true])[] = [
  ['POST', '/token', postToken],
  ['POST', '/users', postUsers],
  ['GET', '/users/:username', getUser],
  ['POST', '/chatfiles', postChatfile, true],
  ['GET', '/chatfiles/:uuid', getChatfile],
];

/** The vendor's own paths, `/{org}/{app}/…`, that applications and their back ends call. */
export function webimRoutes(ports: WebimPorts): readonly WebimRoute[] {
  return TABLE.map(([method, path, handler, multipart = false]) => ({
    method,
    path: `/:org/:app${path}`,
    multipart,
    async handle(request) {
      const startedAt = ports.now();
      try {
        return await handler(ports, requireApp(ports, request), request);
      } catch (thrown) {
        const name = `${method} ${path}`;
        return errorReply(thrown, startedAt, ports.now(), (error) => ports.onInternal(error, name));
      }
    },
  }));
}
