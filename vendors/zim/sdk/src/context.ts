import { createClient, type Client } from '@magpie/client';
import type { GroupSummary, Input } from '@magpie/protocol';
import { createCursors, type Cursors } from './cursors.ts';
import { createEmitter, type Emitter } from './emitter.ts';
import { isZimError, toZimError, type ErrorArea } from './errors.ts';
import { createLink, type Link } from './link.ts';
import { createLocalIds, type LocalIds } from './local-ids.ts';
import { createLog, type Log } from './log.ts';
import type { Reader } from './map/message.ts';
import { createOwnReceipts, type OwnReceipts } from './own-receipts.ts';
import type { ZIM } from './zim.ts';

/** What the slices share. */
export interface Context {
  readonly client: Client;
  readonly events: Emitter;
  readonly link: Link;
  readonly log: Log;
  readonly reader: Reader;
  readonly ids: LocalIds;
  readonly cursors: Cursors;
  /** Ids of messages revoked by this client, so that it is not told of them. */
  readonly revokedHere: Set<string>;
  readonly ownReceipts: OwnReceipts;
  /** Profile changes made here, for the same reason. */
  readonly ownProfile: Input<'user.update'>[];
  /** Whether an address is a file of the server this client speaks to. */
  readonly isOurs: (url: string) => boolean;
  /** Runs a call of a logged-in user and rejects as the vendor does. */
  call<T>(area: ErrorArea | undefined, work: () => Promise<T>): Promise<T>;
}

/** Newest messages raised at a login that no device of the user has had (core-model §12). */
const BACKLOG = { direct: 500, group: 200 } as const;
/** ms before a token's end at which the vendor warns. */
const TOKEN_LEAD = 30_000;

/** Only ZIM's own kind of group tells tips to ZIM apps, where the app's setting stores them. */
function drawsTips(group: GroupSummary | undefined): boolean {
  return group?.kind === 'circle';
}

function createReader(client: Client): Reader {
  return {
    get me() {
      return client.session.userId ?? '';
    },
    get instance() {
      return client.session.instance;
    },
    fileUrl: (blob, rendition) => client.files.url(blob, rendition),
    person: (id, ref) => client.users.person(id, ref),
    reported: (ref) => {
      const view = client.conversations.get(ref);
      return { mine: view?.reportedSeq ?? 0, peer: view?.peerReadSeq ?? 0 };
    },
    drawsTips: (ref) => drawsTips(client.conversations.get(ref)?.group),
  };
}

export function createContext(zim: ZIM, appID: number, server: string | undefined): Context {
  const log = createLog();
  const client = createClient({
    server,
    app: `zim:${appID}`,
    dialect: 'zim',
    // The vendor knows browsers, not tabs: a second tab takes over from the first.
    instance: 'shared',
    backlog: BACKLOG,
    tokenLead: TOKEN_LEAD,
    log: log.write,
  });
  const events = createEmitter(zim, (event, thrown) =>
    log.write('error', `a handler of ${event} failed`, thrown),
  );
  const link = createLink(events.emit, () => client.session.ready);
  return {
    client,
    events,
    link,
    log,
    reader: createReader(client),
    ids: createLocalIds(),
    cursors: createCursors(),
    revokedHere: new Set(),
    ownReceipts: createOwnReceipts(),
    ownProfile: [],
    isOurs: (url) => url.startsWith(`${client.server}/files/`),
    call: async (area, work) => {
      try {
        link.requireLogin();
        return await work();
      } catch (thrown) {
        if (!isZimError(thrown)) log.write('debug', 'a call failed', thrown);
        throw toZimError(thrown, area);
      }
    },
  };
}
