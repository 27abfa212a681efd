import { directPair, keyOf, MagpieError, messageId, type Conversation, type ErrorCode, type EventEnvelope, type Message, type RequestEnvelope } from '@magpie/protocol'; // prettier-ignore
import type { FakeClock } from './fake-clock.ts';
import { changesOf, pageOf, type FakeLog } from './fake-page.ts';
import type { FakePeer } from './fake-platform.ts';
import { FakeRooms } from './fake-rooms.ts';

interface Line {
  readonly peer: FakePeer;
  user: string | undefined;
  instance: string | undefined;
}

type Params = Record<string, unknown>;

/** Just enough of a server, in memory, speaking real envelopes. Tests bend it: `lose`, `refuse`, `silence`. */
export class FakeServer {
  epoch = 'e1';
  /** Decides whether a frame (or single event) to a client is lost on the way. */
  loseEvent: (event: EventEnvelope) => boolean = () => false;
  /** Holds an event back for this long: others overtake it, as those of another node may. */
  delayEvent: (event: EventEnvelope) => number = () => 0;
  /** Holds an operation's reply back for this long. */
  delayReply: (op: string) => number = () => 0;
  loseReply: (op: string) => boolean = () => false;
  /** Answers an operation with this error instead. */
  refuse: (op: string, input: Params) => MagpieError | undefined = () => undefined;
  /** Answers an operation in the server's stead. */
  answer: (op: string, input: Params) => unknown = () => undefined;
  /** Nobody can connect. */
  down = false;
  readonly rooms: FakeRooms;
  readonly calls: { op: string; in: Params }[] = [];
  readonly #clock: FakeClock;
  readonly #lines = new Set<Line>();
  readonly #logs = new Map<string, FakeLog>();
  readonly #users = new Map<string, EventEnvelope[]>();
  readonly #read = new Map<string, number>();
  readonly #positions = new Map<string, { userSeq: number; at: number }>();
  #time = 0;

  constructor(clock: FakeClock) {
    this.#clock = clock;
    this.rooms = new FakeRooms(clock, (seat, event) => this.#emitTo(({ user, instance }) => `${user} ${instance}` === seat, event)); // prettier-ignore
  }

  readonly connect = (peer: FakePeer): void => {
    if (this.down) return peer.close(1006);
    const line: Line = { peer, user: undefined, instance: undefined };
    this.#lines.add(line);
    peer.onClose = () => this.#gone(line);
    peer.onText = (text) => this.#frame(line, text);
    peer.open();
    peer.text('{"hello":{"protocol":1,"server":"fake","capabilities":[],"heartbeat":25000}}');
  };

  get online(): number {
    return this.#lines.size;
  }

  /** Cuts every socket. */
  drop(code = 1006): void {
    for (const line of [...this.#lines]) {
      this.#gone(line);
      line.peer.close(code);
    }
  }

  #gone(line: Line): void {
    if (this.#lines.delete(line)) this.rooms.lost(line);
  }

  /** The present sockets stay open and say nothing more. */
  mute(): void {
    for (const line of [...this.#lines]) {
      line.peer.onText = () => undefined;
      this.#gone(line);
    }
  }

  push(frame: object): void {
    for (const line of this.#lines) line.peer.text(JSON.stringify(frame));
  }

  log(key: string): readonly Message[] {
    return this.#log(key).entries;
  }

  /** Someone who is not one of the clients writes. */
  say(from: string, to: string, text: string, more: Partial<Message> = {}): Message {
    return this.#append(keyOf(`u:${to}`, from), from, {
      clientId: `x:${from}${++this.#time}`,
      content: { type: 'text', text },
      ...more,
    });
  }

  /** The same in a room with history. */
  sayIn(room: string, from: string, text: string): Message {
    return this.#append(`r:${room}`, from, { clientId: `x:${from}${++this.#time}`, content: { type: 'text', text } }); // prettier-ignore
  }

  revoke(key: string, seq: number): void {
    const log = this.#log(key);
    const at = log.entries.findIndex((one) => one.seq === seq);
    const old = log.entries[at];
    if (!old || old.revoked) return;
    const message: Message = {
      ...old,
      content: { type: 'revoked', original: { type: 'text' } },
      revoked: { by: old.from, at: this.#clock.now(), role: 'sender' },
    };
    log.entries[at] = message;
    this.#change(key, {
      e: 'message.revoked',
      c: key,
      d: { message, by: old.from, counted: old.counts !== false },
    });
  }

  #change(key: string, event: EventEnvelope): void {
    const log = this.#log(key);
    const numbered = { ...event, n: log.changes.length + 1 };
    log.changes.push(numbered);
    this.#emitIn(key, numbered);
  }

  userEvent(user: string, e: string, d: unknown): void {
    const list = this.#userLog(user);
    const event = { e, n: list.length + 1, d };
    list.push(event);
    this.#emit(user, event);
  }

  #log(key: string): FakeLog {
    const log = this.#logs.get(key) ?? { number: this.#logs.size + 1, entries: [], changes: [] };
    this.#logs.set(key, log);
    return log;
  }

  #userLog(user: string): EventEnvelope[] {
    const list = this.#users.get(user) ?? [];
    this.#users.set(user, list);
    return list;
  }

  #append(
    key: string,
    from: string,
    fields: Pick<Message, 'clientId' | 'content'> & Partial<Message>,
  ): Message {
    const log = this.#log(key);
    const known = log.entries.find((one) => one.from === from && one.clientId === fields.clientId);
    if (known) return known;
    const seq = log.entries.length + 1;
    const message: Message = {
      id: messageId(log.number, seq),
      conv: key,
      seq,
      from,
      time: this.#clock.now(),
      ...fields,
    };
    log.entries.push(message);
    this.#emitIn(key, { e: 'message.created', c: key, n: seq, d: { message } });
    return message;
  }

  readonly #flush = new Map<Line, { r: unknown[]; e: EventEnvelope[] }>();

  #out(line: Line): { r: unknown[]; e: EventEnvelope[] } {
    const frame = this.#flush.get(line);
    if (frame) return frame;
    const fresh = { r: [], e: [] };
    this.#flush.set(line, fresh);
    this.#clock.after(1, () => {
      this.#flush.delete(line);
      line.peer.text(JSON.stringify(fresh));
    });
    return fresh;
  }

  #emit(user: string, event: EventEnvelope): void {
    this.#emitTo((line) => line.user === user, event);
  }

  /** To whoever is in a conversation. */
  #emitIn(key: string, event: EventEnvelope): void {
    const seats = key.startsWith('r:') ? new Set(this.rooms.audience(key)) : undefined;
    const users: readonly string[] = seats ? [] : directPair(key);
    this.#emitTo(({ user, instance }) => seats?.has(`${user} ${instance}`) ?? users.includes(user ?? ''), event); // prettier-ignore
  }

  #emitTo(fits: (line: Line) => boolean, event: EventEnvelope): void {
    for (const line of this.#lines) {
      if (!fits(line) || this.loseEvent(event)) continue;
      const delay = this.delayEvent(event);
      if (delay === 0) this.#out(line).e.push(event);
      else this.#clock.after(delay, () => this.#lines.has(line) && this.#out(line).e.push(event));
    }
  }

  #frame(line: Line, text: string): void {
    const frame = JSON.parse(text) as { q?: RequestEnvelope[]; ping?: number };
    if (frame.ping !== undefined) return line.peer.text(`{"pong":${frame.ping}}`);
    for (const request of frame.q ?? []) {
      const input = request.in as Params;
      this.calls.push({ op: request.op, in: input });
      const refusal = this.refuse(request.op, input);
      let reply: object;
      try {
        if (refusal) throw refusal;
        reply = { id: request.id, ok: this.answer(request.op, input) ?? this.#run(line, request.op, input) };
      } catch (thrown) {
        reply = { id: request.id, err: MagpieError.from(thrown).toShape() };
      }
      if (this.loseReply(request.op)) continue;
      const delay = this.delayReply(request.op);
      if (delay === 0) this.#out(line).r.push(reply);
      else this.#clock.after(delay, () => this.#out(line).r.push(reply));
    }
  }

  #run(line: Line, op: string, input: Params): unknown {
    if (op === 'session.open') return this.#open(line, input);
    const user = line.user;
    if (user === undefined) throw new MagpieError('UNAUTHENTICATED');
    const key = typeof input['ref'] === 'string' ? keyOf(input['ref'], user) : '';
    const ofRooms = this.rooms.run(line, op, input, (room) => this.#log(room));
    if (ofRooms !== undefined) return ofRooms;
    switch (op) {
      case 'session.close':
        return {};
      case 'sync.ack':
        this.#positions.set(user, input['position'] as { userSeq: number; at: number });
        return {};
      case 'sync.since':
        return this.#since(user, input['position'] as { userSeq: number; at: number });
      case 'conversation.list': {
        const keys = (input['refs'] as string[] | undefined)?.map((ref) => keyOf(ref, user));
        const all = this.#rows(user).filter((row) => !keys || keys.includes(row.conv));
        return { conversations: all, people: {} };
      }
      case 'conversation.read':
        return this.#markRead(user, key, input['upTo'] as number | undefined);
      case 'message.send':
        return this.#send(line, user, key, input);
      case 'message.list':
        return pageOf(this.#log(key), input);
      case 'message.changes':
        return changesOf(this.#log(key), input);
      case 'receipt.deliver':
        return {};
      default:
        throw new MagpieError('UNKNOWN_OPERATION' satisfies ErrorCode);
    }
  }

  #open(line: Line, input: Params): unknown {
    const user = String(input['token']);
    line.user = user;
    line.instance = String(input['instance']);
    this.rooms.opened(line, input['resume'] !== undefined);
    const position = this.#positions.get(user);
    return {
      session: 's', resumed: input['resume'] !== undefined, app: 'demo', userId: user, profile: { id: user }, ...(position ? { position } : {}),
      userSeq: this.#userLog(user).length, epoch: this.epoch, serverTime: this.#clock.now(), heartbeat: 25_000,
      settings: { recallWindow: 120_000, messageMaxBytes: 12_288, fileMaxBytes: { image: 1, audio: 1, video: 1, file: 1, avatar: 1 }, filesSigned: false, receiptsGroupMax: 1000 },
    }; // prettier-ignore
  }

  #send(line: Line, user: string, key: string, input: Params): unknown {
    if (key.startsWith('r:') && this.rooms.demand(key, line).history !== true) return this.rooms.send(key, user, input); // prettier-ignore
    const fields = { clientId: String(input['clientId']), content: input['content'] as Message['content'] };
    if (input['store'] === false) {
      const message = { id: `0${++this.#time}`, conv: key, from: user, time: this.#clock.now(), ...fields };
      for (const to of new Set(directPair(key)))
        this.#emit(to, { e: 'message.transient', c: key, d: { message } });
      return { id: message.id, time: message.time, conv: key, stored: false };
    }
    const { id, seq, time } = this.#append(key, user, fields);
    return { id, seq, time, conv: key, stored: true };
  }

  #markRead(user: string, key: string, upTo = this.#log(key).entries.length): unknown {
    const slot = `${user} ${key}`;
    const readSeq = Math.max(upTo, this.#read.get(slot) ?? 0);
    this.#read.set(slot, readSeq);
    const { unread } = this.row(user, key);
    this.userEvent(user, 'conversation.updated', { conv: key, change: 'read', readSeq, unread });
    return { readSeq, reportedSeq: readSeq, unread };
  }

  row(user: string, key: string): Conversation {
    const { entries, changes } = this.#log(key);
    const readSeq = this.#read.get(`${user} ${key}`) ?? 0;
    const unread = entries.filter(
      (one) => (one.seq ?? 0) > readSeq && one.from !== user && !one.revoked && one.counts !== false,
    ).length;
    const entry = entries.at(-1);
    const live = [...entries].reverse().find((one) => !one.revoked);
    return {
      conv: key, lastSeq: entries.length, changeSeq: changes.length, activeAt: entry?.time ?? 0, readSeq, reportedSeq: readSeq, unread, historyFrom: 0,
      heads: { ...(entry ? { entry } : {}), ...(live && live !== entry ? { live } : {}) },
    }; // prettier-ignore
  }

  #rows(user: string): Conversation[] {
    const keys = [...this.#logs].filter(
      ([key, log]) => key.startsWith('d:') && directPair(key).includes(user) && log.entries.length > 0,
    );
    return keys.map(([key]) => this.row(user, key));
  }

  #since(user: string, position: { userSeq: number; at: number }): unknown {
    const log = this.#userLog(user);
    const moved = this.#rows(user).filter((row) => row.activeAt >= position.at - 10_000 || row.changeSeq > 0);
    return {
      log: log.slice(position.userSeq),
      conversations: moved,
      people: {},
      position: { userSeq: log.length, at: this.#clock.now() },
    };
  }
}
