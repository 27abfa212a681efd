import type { Input } from '@magpie/protocol';
import { createLocalBus } from '../core/local-bus.ts';
import type { Bus } from '../ports/bus.ts';
import { FakeTime } from '../testing/fake-time.ts';
import { createWorld, MemoryRoomStore, type TestDevice } from './test-world.ts';

export type World = ReturnType<typeof createWorld>;

/** Rooms of several nodes over one store, one bus and one clock. */
export class Nodes {
  readonly time = new FakeTime();
  readonly store = new MemoryRoomStore();
  /** What went over the bus. */
  readonly passed: { readonly subject: string; readonly data: string }[] = [];
  private readonly bus = createLocalBus({ shared: true });
  private readonly cut = new Set<World>();
  /** How long what a node says is on its way, in ms; in order between each two nodes. */
  private readonly lags: { readonly from: World; readonly to: World | undefined; readonly lag: number }[] = []; // prettier-ignore
  private readonly worlds: World[] = [];
  private readonly settings: Record<string, unknown>;

  constructor(settings: Record<string, unknown> = {}) {
    this.settings = settings;
  }

  at(index: number): World {
    const world = this.worlds[index];
    if (!world) throw new Error(`there is no node ${index}`);
    return world;
  }

  get all(): readonly World[] {
    return this.worlds.filter((world) => !this.cut.has(world));
  }

  /** Starts one more. */
  async start(): Promise<World> {
    const connected = () => !this.cut.has(world);
    const bus: Bus = {
      ...this.bus,
      publish: (subject, data) => {
        if (!connected()) return;
        this.passed.push({ subject, data });
        const lag = this.lagOf(world, subject);
        if (lag === 0) this.bus.publish(subject, data);
        else this.time.after(lag, () => void (connected() && this.bus.publish(subject, data)));
      },
      subscribe: (pattern, handler) => this.bus.subscribe(pattern, (data, subject) => void (connected() && handler(data, subject))), // prettier-ignore
    };
    const world: World = createWorld(this.settings, this.store, this.time, bus);
    this.worlds.push(world);
    await this.through(world.mesh.join());
    return world;
  }

  /** What one says to another, or to all. */
  slow(from: World, lag: number, to?: World): void {
    this.lags.push({ from, to, lag });
  }

  private lagOf(world: World, subject: string): number {
    const found = this.lags.find(({ from, to }) => from === world && (!to || subject.endsWith(to.mesh.node)));
    return found?.lag ?? 0;
  }

  /** It hears nobody and is heard by nobody from now on; as when it dies. */
  lose(world: World): void {
    this.cut.add(world);
  }

  find(world: World): void {
    this.cut.delete(world);
  }

  /** As when it is stopped in order. */
  stop(world: World): void {
    world.rooms.close();
    world.mesh.close();
    this.cut.add(world);
  }

  /** Lets nodes tell each other what there is to tell until it is done. */
  async through<T>(asked: Promise<T>): Promise<T> {
    const state = { done: false };
    const end = () => (state.done = true);
    asked.then(end, end);
    for (let i = 0; i < 20 && !state.done; i++) await this.time.advance(0);
    for (let i = 0; i < 50 && !state.done; i++) await this.time.advance(100);
    return asked;
  }

  settle(): Promise<void> {
    return this.time.advance(0);
  }

  async enter(world: World, user: string, input: Partial<Input<'room.enter'>> = {}, instance?: string): Promise<TestDevice> {
    const device = world.device(user, instance);
    await this.through(device.ask('room.enter', { id: 'x', ...input }));
    await this.settle();
    return device;
  } // prettier-ignore

  /** The device's session goes on, on another node. */
  async move(device: TestDevice, to: World): Promise<TestDevice> {
    const { id, userId, instance } = device.session;
    const moved = to.device(userId, instance, id);
    await this.settle();
    return moved;
  }

  /** Who each node believes to be in the room, and how many. */
  views(id = 'x'): string[] {
    return this.all.map((world) => {
      const room = world.rooms.peek('a', id);
      return room ? `${room.count}: ${room.everybody().map(({ user }) => user).sort().join(' ')}` : 'unknown'; // prettier-ignore
    });
  }
}

export async function createNodes(count: number, settings: Record<string, unknown> = {}): Promise<Nodes> {
  const nodes = new Nodes(settings);
  for (let i = 0; i < count; i++) await nodes.start();
  return nodes;
}
