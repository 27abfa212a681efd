import { createPlatform } from '#platform';
import { contactApi } from './api/contacts.ts';
import { conversationApi } from './api/conversations.ts';
import { fileApi } from './api/files.ts';
import { groupApi } from './api/groups.ts';
import { messageApi } from './api/messages.ts';
import { presenceApi } from './api/presence.ts';
import { receiptApi } from './api/receipts.ts';
import { roomApi } from './api/rooms.ts';
import { sessionApi } from './api/session.ts';
import { userApi } from './api/users.ts';
import { resolveServer } from './configure.ts';
import { Core } from './core/core.ts';
import { resolveOptions } from './core/options.ts';
import type { Client, ClientOptions } from './types.ts';

/** One user on one device. Nothing is connected before `session.open`. */
export function createClient(options: ClientOptions = {}): Client {
  const platform = options.platform ?? createPlatform();
  const core = new Core(
    resolveOptions(options, resolveServer(options.server, platform.pageOrigin), platform),
  );
  return {
    session: sessionApi(core),
    messages: messageApi(core),
    conversations: conversationApi(core),
    receipts: receiptApi(core),
    groups: groupApi(core),
    rooms: roomApi(core),
    presence: presenceApi(core),
    users: userApi(core),
    contacts: contactApi(core),
    files: fileApi(core),
    server: core.options.server,
    request: core.request,
    on: (event, handler) => core.emitter.on(event, handler),
    destroy: () => core.destroy(),
  };
}
