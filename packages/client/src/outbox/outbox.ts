import { MagpieError, type SendableContent, type SendInput, type SendOutput } from '@magpie/protocol';
import { entryClassOf } from '../core/entry-class.ts';
import { backOffDelay, fraction } from '../connection/backoff.ts';
import type { Platform } from '../platform/platform.ts';
import type { Cancel } from '../requests/requests.ts';
import type { ClientMessage, Media, SendOptions } from '../types.ts';
import { laneOf, outgoingMessage, shared, withContent, type OutEntry } from './entry.ts';
import type { OutboxStorage } from './persist.ts';

export interface OutboxNeeds {
  readonly platform: Platform;
  readonly sendTimeout: number;
  readonly requestTimeout: number;
  readonly me: () => string;
  readonly now: () => number;
  readonly isOnline: () => boolean;
  /** Whether messages to a conversation may leave at this moment. */
  readonly mayLeave: (ref: string) => boolean;
  /** Whether the server will keep this message, as far as is known here. */
  readonly isKept: (input: SendInput) => boolean;
  readonly post: (input: SendInput, timeout: number, settle: (error: MagpieError | undefined, output: SendOutput | undefined) => void) => Cancel; // prettier-ignore
  /** Uploads an entry's files and answers the completed content. */
  readonly upload: (content: SendableContent, media: Media, options: SendOptions) => Promise<SendableContent>;
  readonly onChange: (message: ClientMessage) => void;
  /** The server has it: the reply said so, before its event came. */
  readonly onSent: (message: ClientMessage) => void;
}

/** What was sent is remembered this long, to know own events from those of other devices. */
const REMEMBERED = 1_000;

/**
 * Messages on their way out. Per conversation one at a time, in the order they became ready (a text does not wait for the upload
 * of a film before it); always under the same clientId, so that however often a send is repeated there is one message.
 */
export class Outbox {
  readonly #needs: OutboxNeeds;
  readonly #entries = new Map<string, OutEntry>();
  readonly #lanes = new Map<string, OutEntry[]>();
  readonly #remembered = new Set<string>();
  #storage: OutboxStorage | undefined;

  constructor(needs: OutboxNeeds) {
    this.#needs = needs;
  }

  get restored(): boolean {
    return this.#storage !== undefined;
  }

  /** Takes up what an earlier page of this instance left unsent, and what instances did that are no more. */
  restore(storage: OutboxStorage): void {
    this.#storage = storage;
    storage.open((kept) => {
      for (const { input, createdAt, failed } of kept) {
        if (this.#entries.has(input.clientId)) continue;
        this.#remember(input.clientId);
        const entry = this.#create(input, undefined, {}, createdAt);
        if (failed) this.#settle(entry, new MagpieError('OFFLINE'));
        else this.#ready(entry);
        this.#changed(entry);
      }
    });
  }

  send(input: SendInput, media: Media | undefined, options: SendOptions): Promise<ClientMessage> {
    const known = this.#entries.get(input.clientId);
    if (known) return known.status === 'failed' ? this.resend(input.clientId, options) : this.#wait(known);
    const entry = this.#create(input, media, options, this.#needs.now());
    const result = this.#wait(entry);
    options.signal?.addEventListener('abort', () => this.#abort(entry));
    options.onQueued?.(outgoingMessage(entry, this.#needs.me()));
    this.#changed(entry);
    this.#begin(entry);
    return result;
  }

  resend(clientId: string, options: SendOptions): Promise<ClientMessage> {
    const entry = this.#entries.get(clientId);
    if (!entry)
      return Promise.reject(
        new MagpieError('MESSAGE_NOT_FOUND', { message: 'No unsent message has this clientId.' }),
      );
    const result = this.#wait(entry);
    if (entry.status !== 'failed') return result;
    entry.status = 'sending';
    entry.error = undefined;
    entry.attempts = 0;
    entry.options = options;
    entry.since = this.#needs.platform.clock.now();
    options.onQueued?.(outgoingMessage(entry, this.#needs.me()));
    this.#changed(entry);
    this.#begin(entry);
    return result;
  }

  discard(clientId: string): void {
    const entry = this.#entries.get(clientId);
    if (!entry || entry.sent) return;
    const message = outgoingMessage(entry, this.#needs.me());
    this.#stop(entry);
    this.#leaveLane(entry);
    this.#entries.delete(clientId);
    for (const { reject } of entry.waiters.splice(0))
      reject(new MagpieError('OFFLINE', { message: 'The message was discarded.' }));
    this.#save();
    this.#needs.onChange(message);
  }

  outgoing(ref?: string): readonly ClientMessage[] {
    const all = [...this.#entries.values()].filter(({ input }) => ref === undefined || input.ref === ref);
    const drawn = all.filter(({ input }) => entryClassOf(input.content.type) !== 'hidden');
    return drawn.map((entry) => outgoingMessage(entry, this.#needs.me()));
  }

  find(clientId: string): ClientMessage | undefined {
    const entry = this.#entries.get(clientId);
    return entry && outgoingMessage(entry, this.#needs.me());
  }

  /** An own message came by a stream. True when this device sent it: then it is no news, but settles its entry. */
  arrived(message: ClientMessage): boolean {
    const entry = this.#entries.get(message.clientId);
    if (entry) this.#succeed(entry, message, false);
    return entry !== undefined || this.#remembered.has(message.clientId);
  }

  online(): void {
    for (const lane of [...this.#lanes.keys()]) this.#pump(lane);
  }

  /** The login ended: everything still here fails; what is in storage is taken up at the next, unless it was a logout. */
  end(error: MagpieError, forget: boolean): void {
    if (forget) this.#storage?.save([]);
    this.#storage?.close();
    this.#storage = undefined;
    for (const entry of [...this.#entries.values()]) {
      this.#stop(entry);
      for (const { reject } of entry.waiters.splice(0)) reject(error);
    }
    this.#entries.clear();
    this.#lanes.clear();
    this.#remembered.clear();
  }

  #create(input: SendInput, media: Media | undefined, options: SendOptions, createdAt: number): OutEntry {
    const entry: OutEntry = {
      input, durable: this.#needs.isKept(input), media, createdAt, options, status: 'sending', error: undefined, progress: media ? 0 : undefined,
      since: this.#needs.platform.clock.now(), attempts: 0, stop: undefined, stopClock: undefined, waiters: [], sent: undefined,
    }; // prettier-ignore
    this.#entries.set(input.clientId, entry);
    return entry;
  }

  #wait(entry: OutEntry): Promise<ClientMessage> {
    if (entry.sent) return Promise.resolve(entry.sent);
    return new Promise((resolve, reject) => entry.waiters.push({ resolve, reject }));
  }

  #begin(entry: OutEntry): void {
    this.#watch(entry);
    if (entry.media) void this.#upload(entry, entry.media);
    else this.#ready(entry);
  }

  /** Fails it when its time is over, whatever it is waiting for. */
  #watch(entry: OutEntry): void {
    entry.stopClock?.();
    if (this.#needs.sendTimeout === Infinity) return;
    const { clock } = this.#needs.platform;
    const left = Math.max(0, entry.since + this.#needs.sendTimeout - clock.now());
    entry.stopClock = clock.after(left, () => {
      if (clock.now() - entry.since < this.#needs.sendTimeout) this.#watch(entry);
      else this.#settle(entry, new MagpieError(this.#needs.isOnline() ? 'TIMEOUT' : 'OFFLINE'));
    });
  }

  async #upload(entry: OutEntry, media: Media): Promise<void> {
    let stopped = false;
    entry.stop = () => (stopped = true);
    const onProgress = (part: number, sent: number, total: number): void => {
      if (stopped) return;
      entry.progress = part;
      entry.since = this.#needs.platform.clock.now();
      entry.options.onProgress?.(part, sent, total);
      this.#changed(entry);
    };
    try {
      const content = await this.#needs.upload(entry.input.content, media, { ...entry.options, onProgress });
      if (stopped) return;
      withContent(entry, content);
      entry.media = entry.progress = undefined;
      entry.since = this.#needs.platform.clock.now();
      this.#ready(entry);
    } catch (thrown) {
      if (stopped) return;
      const error = MagpieError.from(thrown);
      if (error.retryable) this.#later(entry, error, () => void this.#upload(entry, media));
      else this.#settle(entry, error);
    }
  }

  #ready(entry: OutEntry): void {
    entry.stop = undefined;
    const lane = laneOf(entry.input);
    this.#lanes.set(lane, [...(this.#lanes.get(lane) ?? []), entry]);
    if (!entry.stopClock) this.#watch(entry);
    this.#save();
    this.#pump(lane);
  }

  #pump(lane: string): void {
    const entry = this.#lanes.get(lane)?.[0];
    if (!entry || entry.stop || !this.#needs.isOnline() || !this.#needs.mayLeave(entry.input.ref)) return;
    // Given up or not, an answer that still comes is believed: a request that was written is left alone.
    entry.stop = () => undefined;
    const cancel = this.#needs.post(entry.input, this.#needs.requestTimeout, (error, output) => {
      entry.stop = undefined;
      if (output) this.#succeed(entry, this.#sentMessage(entry, output), true);
      else if (entry.status === 'sending') this.#refused(entry, error ?? new MagpieError('INTERNAL'), lane);
    });
    if (!entry.durable) entry.stop = () => cancel('unsent');
  }

  #refused(entry: OutEntry, error: MagpieError, lane: string): void {
    // Nobody would know a second copy of what is not kept: it is only repeated when the first surely went nowhere.
    const repeat = error.retryable && (entry.durable || error.code !== 'TIMEOUT');
    if (repeat) this.#later(entry, error, () => this.#pump(lane));
    else this.#settle(entry, error);
  }

  #later(entry: OutEntry, error: MagpieError, again: () => void): void {
    const { platform } = this.#needs;
    const delay = Math.max(
      error.retryAfter ?? 0,
      100 + backOffDelay(entry.attempts++, fraction(platform.randomBytes(3))),
    );
    entry.stop = platform.clock.after(delay, () => {
      entry.stop = undefined;
      again();
    });
  }

  #sentMessage(entry: OutEntry, output: SendOutput): ClientMessage {
    const me = this.#needs.me();
    return {
      id: output.id,
      conv: output.conv,
      ref: entry.input.ref,
      from: me,
      mine: true,
      time: output.time,
      clientId: entry.input.clientId,
      content: output.content ?? entry.input.content,
      stored: output.stored,
      status: 'sent',
      ...(output.seq === undefined ? {} : { seq: output.seq }),
      ...(output.dropped === undefined ? {} : { dropped: output.dropped }),
      ...shared(entry.input),
    };
  }

  #succeed(entry: OutEntry, message: ClientMessage, byReply: boolean): void {
    if (entry.sent) return this.#forget(entry);
    this.#stop(entry);
    entry.sent = message;
    entry.status = 'sent';
    this.#remember(entry.input.clientId);
    this.#leaveLane(entry);
    // Until its place in the log is reached the entry stands at the end of the windows.
    if (!byReply || !message.stored) this.#entries.delete(entry.input.clientId);
    this.#save();
    for (const { resolve } of entry.waiters.splice(0)) resolve(message);
    this.#needs.onChange(message);
    if (byReply) this.#needs.onSent(message);
    this.#pump(laneOf(entry.input));
  }

  #forget(entry: OutEntry): void {
    this.#entries.delete(entry.input.clientId);
  }

  #settle(entry: OutEntry, error: MagpieError): void {
    if (entry.sent || entry.status === 'failed') return;
    this.#stop(entry);
    entry.status = 'failed';
    entry.error = error;
    this.#leaveLane(entry);
    this.#save();
    for (const { reject } of entry.waiters.splice(0)) reject(error);
    this.#changed(entry);
    this.#pump(laneOf(entry.input));
  }

  #abort(entry: OutEntry): void {
    if (entry.media && entry.status === 'sending')
      this.#settle(entry, new MagpieError('OFFLINE', { message: 'The upload was cancelled.' }));
  }

  #stop(entry: OutEntry): void {
    entry.stop?.();
    entry.stopClock?.();
    entry.stop = entry.stopClock = undefined;
  }

  #leaveLane(entry: OutEntry): void {
    const lane = laneOf(entry.input);
    const rest = (this.#lanes.get(lane) ?? []).filter((one) => one !== entry);
    if (rest.length > 0) this.#lanes.set(lane, rest);
    else this.#lanes.delete(lane);
  }

  #remember(clientId: string): void {
    this.#remembered.add(clientId);
    for (const oldest of this.#remembered) {
      if (this.#remembered.size <= REMEMBERED) break;
      this.#remembered.delete(oldest);
    }
  }

  #changed(entry: OutEntry): void {
    this.#needs.onChange(outgoingMessage(entry, this.#needs.me()));
  }

  #save(): void {
    if (!this.#storage) return;
    const kept = [...this.#entries.values()].filter(({ media, sent, durable }) => !media && !sent && durable);
    this.#storage.save(
      kept.map(({ input, createdAt, status }) => ({ input, createdAt, failed: status === 'failed' })),
    );
  }
}
