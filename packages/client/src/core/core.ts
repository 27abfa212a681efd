import {
  keyOf,
  MagpieError,
  type Input,
  type OperationName,
  type Output,
  type SessionOpenOutput,
} from '@magpie/protocol';
import { ConversationBook } from '../conversations/book.ts';
import { Refresher } from '../conversations/refresher.ts';
import { uploadFile, type UploadJob } from '../files/upload.ts';
import type { Outbox } from '../outbox/outbox.ts';
import { OutboxStorage } from '../outbox/persist.ts';
import { PresenceBook } from '../presence/book.ts';
import { Requests } from '../requests/requests.ts';
import { RoomBook } from '../rooms/book.ts';
import type { Ask } from '../rooms/resume.ts';
import { claimInstance, type Instance } from '../session/instance.ts';
import { Session } from '../session/session.ts';
import { Revisions, wireMessage } from '../store/client-message.ts';
import type { LocalStore } from '../store/local-store.ts';
import { MemoryLocalStore } from '../store/memory-store.ts';
import { PositionAck } from '../sync/ack.ts';
import { Delivery } from '../sync/delivery.ts';
import { Intake } from '../sync/intake.ts';
import { QuietCheck } from '../sync/quiet.ts';
import { Streams } from '../sync/streams.ts';
import { Sync } from '../sync/sync.ts';
import { UserLog } from '../sync/user-log.ts';
import type { ClientEvents, ClientMessage, SendOptions } from '../types.ts';
import type { Windows } from '../windows/windows.ts';
import { Emitter } from './emitter.ts';
import { fraction } from '../connection/backoff.ts';
import { clientIdMaker } from './ids.ts';
import type { Resolved } from './options.ts';
import { Turn } from './turn.ts';
import { createOutbox, createWindows } from './wiring.ts';

/** The parts of one client, put together. The APIs of the slices are thin views of it. */
export class Core {
  readonly options: Resolved;
  readonly instance: Instance;
  readonly emitter: Emitter<ClientEvents>;
  readonly turn: Turn;
  readonly store: LocalStore = new MemoryLocalStore();
  readonly revisions = new Revisions();
  readonly requests: Requests;
  readonly session: Session;
  readonly book: ConversationBook;
  readonly streams: Streams;
  readonly outbox: Outbox;
  readonly windows: Windows;
  readonly rooms: RoomBook;
  readonly presence: PresenceBook;
  readonly sync: Sync;
  readonly userLog: UserLog;
  readonly clientId: (prefix?: string) => string;
  ready = false;
  /** App of the last login: addresses of files can be made after it, too. */
  lastApp: string | undefined;
  readonly #intake: Intake;
  readonly #refresher: Refresher;
  readonly #ack: PositionAck;
  readonly #quiet: QuietCheck;
  readonly #delivery: Delivery;
  #user = '';
  #loaded: Promise<void> = Promise.resolve();

  constructor(options: Resolved) {
    const { clock } = options.platform;
    this.options = options;
    this.instance = claimInstance(options);
    this.clientId = clientIdMaker(options.platform);
    this.emitter = new Emitter((event, thrown) => this.#listenerThrew(event, thrown));
    this.turn = new Turn(this.emitter, {
      view: (key) => this.book.view(key),
      totalUnread: () => this.book.totalUnread(),
    });
    this.requests = new Requests(clock, (frame) => this.session.send(frame));
    this.#refresher = new Refresher(clock, (keys) => this.sync.loadRows(keys));
    this.#delivery = new Delivery(
      clock,
      (ref, upTo) => void this.request('receipt.deliver', { ref, upTo }).catch(() => undefined),
    );
    this.book = new ConversationBook({ ...this.#shared(), refresh: (key) => this.#refresher.want(key) });
    this.presence = new PresenceBook({ ...this.#shared(), clock, now: () => this.session.now(), tell: (presences) => this.emitter.emit('presence', { presences }) }); // prettier-ignore
    this.outbox = createOutbox(this, (message) => this.#outgoing(message), (message) => this.#sent(message)); // prettier-ignore
    this.windows = createWindows(this, (thrown) => this.#listenerThrew('window', thrown));
    this.#intake = this.#createIntake();
    this.streams = new Streams({ ...this.#shared(), clock, sink: this.#intake, loadRow: async (key) => (await this.sync.loadRows([key]))[0], firstUnseen: (row) => this.sync.firstUnseen(row) }); // prettier-ignore
    this.rooms = new RoomBook({ ...this.#shared(), clock, streams: this.streams, revisions: this.revisions, replay: (event) => this.sync.event(event), onBegun: (key) => this.windows.reset(key), onSure: () => this.outbox.online() }); // prettier-ignore
    this.userLog = new UserLog({ store: this.store, turn: this.turn, book: this.book, intake: this.#intake });
    this.sync = this.#createSync();
    this.#ack = new PositionAck(clock, () => this.sync.position, (position, timeout) => this.requests.call('sync.ack', { position }, timeout)); // prettier-ignore
    this.#quiet = new QuietCheck(clock, () => this.#check());
    this.session = this.#createSession();
  }

  /** Id of the user whose data this is: the last to log in. */
  readonly me = (): string => this.#user;

  readonly request = <N extends OperationName>(op: N, input: Input<N>): Promise<Output<N>> => {
    if (this.session.state === 'idle') return Promise.reject(new MagpieError('UNAUTHENTICATED'));
    return this.requests.call(op, input, this.options.requestTimeout);
  };

  readonly ask: Ask = (op, input, take, ahead = false) =>
    new Promise((resolve, reject) => {
      const settle = (error: MagpieError | undefined, output: unknown): void => {
        try {
          resolve(this.turn.run(() => take(error, output as Output<typeof op> | undefined)));
        } catch (thrown) {
          reject(thrown as Error);
        }
      };
      if (this.session.state === 'idle') return settle(new MagpieError('UNAUTHENTICATED'), undefined);
      this.requests.post(op, input, this.options.requestTimeout, settle, ahead ? 'ahead' : undefined);
    });

  keyOf(ref: string): string {
    return keyOf(ref, this.me());
  }

  /** Sending needs to know who sends: a login that was accepted once, however the network is now. */
  assertLogin(): void {
    if (!this.session.opened) throw new MagpieError('UNAUTHENTICATED');
  }

  /** From memory, by id or clientId. */
  peek(id: string): ClientMessage | undefined {
    const { entries, rows } = this.store;
    const found = this.outbox.find(id) ?? entries.byId(id) ?? entries.byClientId(id) ?? this.rooms.find(id); // prettier-ignore
    if (found) return found;
    for (const { heads } of rows.all()) {
      const head = [heads.entry, heads.content, heads.live].find(
        (one) => one?.id === id || one?.clientId === id,
      );
      if (head) return this.windows.known(head);
    }
    return undefined;
  }

  gone(id: string): never {
    throw new MagpieError('MESSAGE_NOT_FOUND', { detail: { id } });
  }

  upload(job: UploadJob, options: SendOptions) {
    return uploadFile(
      { platform: this.options.platform, server: this.options.server, request: this.request },
      job,
      options,
    );
  }

  /** Tells the server how far this device is, then that it leaves; neither is waited for longer than it takes. */
  async logOut(): Promise<void> {
    this.outbox.end(new MagpieError('SESSION_GONE', { message: 'The session was closed.' }), true);
    if (this.session.state === 'online') {
      // The position is written before the session is gone: the next login may follow at once, and begins there.
      await this.#ack.now(3_000);
      await this.requests.call('session.close', {}, 3_000).catch(() => undefined);
    }
    this.session.close();
    this.windows.close();
    this.#forget();
  }

  async destroy(): Promise<void> {
    await this.logOut();
    this.session.destroy();
    this.#ack.stop();
    this.#quiet.stop();
    this.emitter.clear();
    this.instance.release();
  }

  #shared() {
    return { store: this.store, turn: this.turn, me: this.me, request: this.request, ask: this.ask };
  }

  #createIntake(): Intake {
    return new Intake({
      ...this.#shared(),
      book: this.book,
      windows: this.windows,
      outbox: this.outbox,
      presence: this.presence,
      rooms: () => this.rooms,
      revisions: this.revisions,
      onTime: (time) => this.sync.seen(time),
      onDelivered: (ref, upTo) => this.options.reportsDelivery !== false && this.#delivery.report(ref, upTo),
      onMissed: (within) => this.#quiet.after(fraction(this.options.platform.randomBytes(3)) * within),
      onTip: (tip, people) => tip.seq !== undefined && this.streams.message(tip.conv, tip.seq, tip, people),
    });
  }

  #createSync(): Sync {
    return new Sync({
      ...this.#shared(),
      clock: this.options.platform.clock,
      book: this.book,
      streams: this.streams,
      intake: this.#intake,
      userLog: this.userLog,
      rooms: this.rooms,
      backlog: this.options.backlog,
      onSyncing: (first) => this.emitter.emit('syncing', { first }),
      onReady: (first, resumed) => {
        this.ready = true;
        this.#ack.start();
        this.#quiet.start();
        this.emitter.emit('ready', { first, resumed });
      },
      onError: (error) => this.emitter.emit('error', { error }),
      onNewEpoch: () => this.#newEpoch(),
    });
  }

  #createSession(): Session {
    return new Session({
      options: this.options,
      instance: this.instance.id,
      requests: this.requests,
      onExpiring: (expiresAt, left) => this.emitter.emit('tokenExpiring', { expiresAt, left }),
      onExpired: (expiresAt) => this.emitter.emit('tokenExpired', { expiresAt }),
      onLogin: (opened) => this.#loggedIn(opened),
      onOnline: (opened) => this.#online(opened),
      onOffline: () => {
        this.#ack.stop();
        this.#quiet.stop();
        this.sync.offline();
        this.rooms.offline();
        this.presence.offline();
      },
      onEvents: ({ r, e }) =>
        this.turn.run(() => {
          if ((e?.length ?? 0) > 0) this.#quiet.heard();
          for (const reply of r ?? []) this.requests.reply(reply);
          for (const event of e ?? []) this.sync.event(event);
        }),
      onState: (data) => this.emitter.emit('state', data),
      onEnd: (error, kick) => this.#ended(error, kick),
    });
  }

  #loggedIn(opened: SessionOpenOutput): void {
    // Views of the same user come back to life; another user's must not show this one's messages.
    const same = this.#user === opened.userId && this.lastApp === opened.app;
    if (!same) this.windows.close();
    this.#forget();
    if (same) this.windows.reset();
    this.lastApp = opened.app;
    this.#user = opened.userId;
    this.#loaded = this.store.open(`${this.options.server} ${opened.app} ${opened.userId}`);
    this.store.profile = opened.profile;
  }

  #online(opened: SessionOpenOutput): void {
    this.rooms.online();
    this.requests.online();
    this.presence.online();
    if (this.options.persistOutbox === true && !this.outbox.restored) {
      const { storage, clock } = this.options.platform;
      this.outbox.restore(new OutboxStorage(storage, clock, `${opened.app} ${opened.userId}`, this.instance.id)); // prettier-ignore
    }
    this.outbox.online();
    void this.#loaded.then(() => {
      if (this.session.state === 'online' && this.session.opened === opened) void this.sync.online(opened);
    });
  }

  #outgoing(message: ClientMessage): void {
    this.turn.run(() => {
      this.windows.outgoingChanged(message.ref);
      this.turn.change('outgoing', { message });
    });
  }

  #sent(message: ClientMessage): void {
    if (message.seq !== undefined) this.sync.own(message.conv, message.seq, wireMessage(message));
    else if (message.dropped === undefined) this.rooms.heard(message);
  }

  #check(): void {
    void this.sync.check();
    this.rooms.check();
  }

  #newEpoch(): void {
    this.streams.clear();
    this.revisions.clear();
    for (const row of this.store.rows.all()) this.store.entries.drop(row.conv);
    this.book.clear();
    this.windows.reset();
  }

  #ended(error: MagpieError, kick: ClientEvents['kicked'] | undefined): void {
    this.ready = false;
    this.#ack.stop();
    this.#quiet.stop();
    this.outbox.end(error, false);
    this.#refresher.clear();
    this.rooms.reset();
    this.presence.reset();
    this.#delivery.clear();
    this.sync.reset();
    this.streams.clear();
    if (kick) this.emitter.emit('kicked', kick);
  }

  #forget(): void {
    this.rooms.reset();
    this.presence.reset();
    this.store.clear();
    this.book.clear();
    this.streams.clear();
    this.revisions.clear();
    this.#intake.clear();
    this.sync.reset();
    this.turn.reset();
  }

  #listenerThrew(event: string, thrown: unknown): void {
    this.options.log('error', `a listener of "${event}" threw`, thrown);
    // One that listens to errors and throws itself must not be told about itself.
    if (event !== 'error') this.emitter.emit('error', { error: MagpieError.from(thrown) });
  }
}
