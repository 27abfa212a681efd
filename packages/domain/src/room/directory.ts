import type { RoomRow } from '../ports/rows.ts';
import type { RoomReads } from '../ports/store.ts';
import type { Room } from './room.ts';

/** Rooms kept in mind though nobody of this node is in them, for what was said last and their rate. */
const IDLE_KEPT = 500;

/** The rooms this node has in mind. */
export class RoomDirectory {
  private readonly byNum = new Map<number, Room>();
  private readonly byId = new Map<string, Room>();
  private readonly idle = new Set<Room>();
  /** How often other nodes changed one while some are being read. */
  private readonly changed = new Map<string, number>();
  private reading = 0;
  private readonly store: RoomReads;
  private readonly make: (row: RoomRow) => Room;
  private readonly onForgotten: (room: Room) => void;

  constructor(store: RoomReads, make: (row: RoomRow) => Room, onForgotten: (room: Room) => void) {
    this.store = store;
    this.make = make;
    this.onForgotten = onForgotten;
  }

  /** Rooms with people of this node. */
  get busy(): number {
    return this.byNum.size - this.idle.size;
  }

  all(): readonly Room[] {
    return [...this.byNum.values()];
  }

  at(num: number): Room | undefined {
    return this.byNum.get(num);
  }

  peek(app: string, id: string): Room | undefined {
    return this.byId.get(`${app} ${id}`);
  }

  /** Undefined: there is none, or it ended. */
  async find(app: string, id: string): Promise<Room | undefined> {
    const key = `${app} ${id}`;
    for (;;) {
      const known = this.peek(app, id);
      if (known) return known;
      const before = this.changed.get(key);
      this.reading++;
      const row = await this.store.byId(app, id).finally(() => this.reading--);
      const now = this.changed.get(key);
      if (this.reading === 0) this.changed.clear();
      if (before === now) return row && row.dismissedAt === null ? this.know(row) : undefined;
    }
  }

  /** Another node changed a room that is not in mind. */
  touch(app: string, id: string): void {
    const key = `${app} ${id}`;
    if (this.reading > 0) this.changed.set(key, (this.changed.get(key) ?? 0) + 1);
  }

  know(row: RoomRow): Room {
    const known = this.byNum.get(row.conv);
    if (known) return known;
    const room = this.make(row);
    this.byNum.set(row.conv, room);
    this.byId.set(`${row.app} ${row.id}`, room);
    this.rest(room);
    return room;
  }

  /** Somebody of this node is there. */
  wake(room: Room): void {
    this.idle.delete(room);
  }

  /** Nobody of this node is there any more. */
  rest(room: Room): void {
    this.idle.delete(room);
    this.idle.add(room);
    for (const oldest of this.idle) {
      if (this.idle.size <= IDLE_KEPT) break;
      this.forget(oldest);
    }
  }

  forget(room: Room): void {
    if (this.byNum.get(room.num) !== room) return;
    this.byNum.delete(room.num);
    this.byId.delete(`${room.app} ${room.row.id}`);
    this.idle.delete(room);
    this.onForgotten(room);
  }
}
