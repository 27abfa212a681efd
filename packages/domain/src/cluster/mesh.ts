import type { Bus } from '../ports/bus.ts';
import type { Clock, Random, Report, Scheduler } from '../ports/platform.ts';
import { Doubts, type Settled } from './doubts.ts';
import { Peers, type Peer } from './peers.ts';
import { ANSWER, QUESTION, Questions } from './questions.ts';

/** What a node hears of the others. */
export interface MeshListener {
  /** A node came, came back, or lost something: it needs to be told all there is to know. */
  up?(peer: string): void;
  /** A node is gone. `crashed`: it did not say so. */
  down?(peer: string, crashed: boolean): void;
  /** Notes of others may have been lost: what was kept in mind because of them may be out of date. */
  missed?(): void;
}

export interface MeshDeps {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly report?: Report;
}

const HELLO = 'magpie.mesh.hello';
const INBOX = 'magpie.mesh.to';
/** How often a node says that it lives. */
const BEAT = 1_000;
/** One that was not heard of for so long is gone. */
const SILENCE = 5_000;
/** A node whose own clock stood still for so long has itself been away. */
const STOOD_STILL = 3_000;
/** Frames are cut at about so many UTF-16 units: a bus takes no more than a megabyte at once. */
const FRAME = 200_000;
/** After the start: for the others to answer the first hello. */
const JOINING = 300;

interface Hello {
  readonly from: string;
  /** How many frames each node was sent. */
  readonly sent: Readonly<Record<string, number>>;
  readonly bye?: true;
}

interface Frame {
  readonly from: string;
  /** Counted for each receiver. */
  readonly n: number;
  readonly notes: readonly (readonly [kind: string, body: unknown])[];
}

/**
 * The nodes of a cluster, and what they tell each other. Notes go from node to node, gathered within a turn, in order, at most once; they
 * are counted, so that a loss is noticed within a second and answered by telling everything anew. Without other nodes it does nothing.
 */
export class Mesh {
  readonly node: string;
  private readonly deps: MeshDeps;
  private readonly peers: Peers;
  private readonly listeners: MeshListener[] = [];
  private readonly hears = new Map<string, (body: never, from: string) => void>();
  private readonly questions: Questions;
  private readonly doubts: Doubts;
  private settling: Promise<void> | undefined;
  private stops: readonly (() => void)[] = [];
  private cancelBeat: (() => void) | undefined;
  private cancelFlush: (() => void) | undefined;
  private cancelOverlooked: (() => void) | undefined;
  private busUp = true;
  private joined = false;
  private beatAt: number;
  private closed = false;

  constructor(deps: MeshDeps) {
    this.deps = deps;
    this.node = deps.random.text(10);
    this.beatAt = deps.clock.now();
    this.peers = new Peers(deps.clock);
    this.questions = new Questions({ ...deps, tell: (kind, body, to) => this.tell(kind, body, to) });
    this.doubts = new Doubts({
      ask: async ({ name }) => (await this.ask<Settled>('settled', null, [name])).get(name),
      knows: (peer) => !this.closed && this.peers.get(peer.name) === peer,
      missed: () => this.joined && this.missed(),
    });
    this.hear(QUESTION, (body: never, from) => void this.questions.reply(body, from));
    this.hear(ANSWER, (body: never, from) => this.questions.take(body, from));
    this.hear('again', (_body, from) => this.introduce(this.peers.get(from)));
    this.hear('overlooked', () => this.overlooked());
    this.answer('settled', (): Settled => ({ joined: this.joined }));
  }

  listen(listener: MeshListener): void {
    this.listeners.push(listener);
  }

  /** One handler for each kind of note. */
  hear<B>(kind: string, handler: (body: B, from: string) => void): void {
    this.hears.set(kind, handler);
  }

  /** One handler for each kind of question; its answer, or its promise's, is JSON. */
  answer<B>(kind: string, handler: (body: B, from: string) => unknown): void {
    this.questions.answer(kind, handler);
  }

  /** No other node is known. */
  get alone(): boolean {
    return this.peers.size === 0;
  }

  /** Other nodes that live, as far as is known. */
  get others(): readonly string[] {
    return this.peers.names;
  }

  /** Whether what others say is heard: if not, what depends on it must be asked of the store. */
  get healthy(): boolean {
    return this.busUp && !this.peers.quiet;
  }

  /** Resolves when the nodes that are there have been met. */
  async join(): Promise<void> {
    const { bus, scheduler } = this.deps;
    if (!bus.shared) return;
    this.stops = [
      bus.subscribe(HELLO, (data) => this.guard(() => this.hello(JSON.parse(data) as Hello))),
      bus.subscribe(`${INBOX}.${this.node}`, (data) =>
        this.guard(() => this.take(JSON.parse(data) as Frame)),
      ),
      bus.onStatus((up) => this.status(up)),
    ];
    this.sayHello();
    this.cancelBeat = scheduler.after(BEAT, () => this.beat());
    await new Promise<void>((resolve) => {
      scheduler.after(JOINING, resolve);
    });
    await this.settled();
    this.joined = true;
  }

  /** Leaves in order: the others need not wait for this node's silence. */
  close(): void {
    if (this.closed) return;
    this.flush();
    this.closed = true;
    this.cancelBeat?.();
    this.cancelFlush?.();
    this.cancelOverlooked?.();
    if (this.stops.length > 0) this.deps.bus.publish(HELLO, JSON.stringify({ from: this.node, sent: {}, bye: true } satisfies Hello)); // prettier-ignore
    for (const stop of this.stops) stop();
    this.questions.close();
  }

  send(to: string, kind: string, body: unknown): void {
    const peer = this.peers.get(to);
    if (peer) this.queue(peer, JSON.stringify([kind, body]));
  }

  /** To all others, or to those named. */
  tell(kind: string, body: unknown, to: readonly string[] = this.others): void {
    if (this.peers.size === 0 || to.length === 0) return;
    const text = JSON.stringify([kind, body]);
    for (const name of to) {
      const peer = this.peers.get(name);
      if (peer) this.queue(peer, text);
    }
  }

  /** Answers by node; a node that does not answer in time is left out. */
  async ask<A>(
    kind: string,
    body: unknown,
    to: readonly string[] = this.others,
  ): Promise<ReadonlyMap<string, A>> {
    if (this.closed) return new Map();
    return this.questions.ask(kind, body, to.filter((name) => this.peers.get(name))); // prettier-ignore
  }

  /**
   * Resolves when the others have what they were told so far. One that does not answer is not waited for: what it did before it had
   * that may not have come here, and is asked for when it answers after all. Callers of one turn share a question.
   */
  settled(): Promise<void> {
    // Without a bus nothing is heard, and when it is back everything is told anew.
    if (this.alone || !this.busUp) return Promise.resolve();
    this.settling ??= new Promise<void>((resolve) => {
      this.deps.scheduler.after(0, () => {
        this.settling = undefined;
        const told = [...this.peers.all()];
        const prompt = told.filter((peer) => !this.peers.isQuiet(peer)).map(({ name }) => name);
        void this.ask('settled', null, prompt).then((answers) => {
          for (const peer of told) if (!answers.has(peer.name)) this.doubts.raise(peer);
          resolve();
        });
      });
    });
    return this.settling;
  }

  /** Somebody here could not be told something: within a second all are told to ask. */
  overlooked(): void {
    this.cancelOverlooked ??= this.deps.scheduler.after(BEAT, () => {
      this.cancelOverlooked = undefined;
      this.missed();
    });
  }

  /** The same, of somebody on whatever node. */
  overlookedAnywhere(): void {
    this.tell('overlooked', null);
    this.overlooked();
  }

  /** Tells a node all there is to know. */
  private introduce(peer: Peer | undefined): void {
    if (!peer) return;
    this.each('up', (listener) => listener.up?.(peer.name));
    this.doubts.raise(peer);
  }

  private queue(peer: Peer, text: string): void {
    peer.waiting.push(text);
    peer.size += text.length;
    if (peer.size > FRAME) this.post(peer);
    else this.cancelFlush ??= this.deps.scheduler.after(0, () => this.flush());
  }

  private flush(): void {
    this.cancelFlush?.();
    this.cancelFlush = undefined;
    for (const peer of this.peers.all()) if (peer.waiting.length > 0) this.post(peer);
  }

  private post(peer: Peer): void {
    const notes = peer.waiting.join(',');
    peer.waiting = [];
    peer.size = 0;
    this.deps.bus.publish(`${INBOX}.${peer.name}`, `{"from":"${this.node}","n":${++peer.sent},"notes":[${notes}]}`); // prettier-ignore
  }

  private take({ from, n, notes }: Frame): void {
    if (from === this.node || this.closed) return;
    const peer = this.peers.get(from) ?? this.meet(from);
    const complete = n === peer.got + 1;
    peer.got = n;
    peer.heardAt = this.deps.clock.now();
    for (const [kind, body] of notes) this.guard(() => this.hears.get(kind)?.(body as never, from));
    if (!complete) this.lost(peer);
  }

  private sayHello(): void {
    this.flush();
    const sent = Object.fromEntries([...this.peers.all()].map((peer) => [peer.name, peer.sent]));
    this.deps.bus.publish(HELLO, JSON.stringify({ from: this.node, sent } satisfies Hello));
  }

  private hello({ from, sent, bye }: Hello): void {
    if (from === this.node || this.closed) return;
    if (bye) return this.gone(from, false);
    const known = this.peers.get(from);
    const peer = known ?? this.meet(from);
    peer.heardAt = this.deps.clock.now();
    const n = sent[this.node];
    if (!known || n === undefined || n === peer.got) return;
    peer.got = n;
    this.lost(peer);
  }

  private meet(name: string): Peer {
    const peer = this.peers.add(name);
    // It may not know this node yet.
    this.sayHello();
    this.introduce(peer);
    return peer;
  }

  /** Something of this node's was lost on its way. */
  private lost(peer: Peer): void {
    this.queue(peer, '["again",null]');
    this.missed();
  }

  private missed(): void {
    this.each('missed', (listener) => listener.missed?.());
  }

  private gone(name: string, crashed: boolean): void {
    if (!this.peers.remove(name)) return;
    this.questions.gone(name);
    if (crashed) this.missed();
    this.each('down', (listener) => listener.down?.(name, crashed));
  }

  private beat(): void {
    const now = this.deps.clock.now();
    // Asleep, stopped, or the clock was set: either way what was heard when says nothing now.
    const stoodStill = now - this.beatAt > STOOD_STILL || now < this.beatAt;
    this.beatAt = now;
    // Others may have been heard of and not listened to yet.
    if (stoodStill) this.peers.excuse();
    if (stoodStill) this.missed();
    // Without a bus nobody is heard: that says nothing of them.
    if (this.busUp) for (const name of this.peers.silentFor(SILENCE)) this.gone(name, true);
    this.sayHello();
    if (!this.closed) this.cancelBeat = this.deps.scheduler.after(BEAT, () => this.beat());
  }

  private status(up: boolean): void {
    this.busUp = up;
    this.missed();
    if (!up) return;
    this.peers.excuse();
    this.sayHello();
    this.tell('again', null);
    for (const peer of this.peers.all()) this.introduce(peer);
  }

  private each(what: string, run: (listener: MeshListener) => void): void {
    for (const listener of this.listeners) this.guard(() => run(listener), what);
  }

  /** One bad note must not stop the others. */
  private guard(run: () => void, what = 'note'): void {
    try {
      run();
    } catch (error) {
      this.deps.report?.(`what another node told (${what}) could not be used`, error);
    }
  }
}
