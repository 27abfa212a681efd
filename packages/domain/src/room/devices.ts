import type { SessionInfo } from '../session/elsewhere.ts';
import type { Room } from './room.ts';

export type Device = Pick<SessionInfo, 'app' | 'userId' | 'instance'>;

const NONE: readonly Room[] = [];

/** The rooms each device of this node is in. */
export class Devices {
  private readonly rooms = new Map<string, readonly Room[]>();

  of({ app, userId, instance }: Device): readonly Room[] {
    return this.rooms.get(`${app} ${userId} ${instance}`) ?? NONE;
  }

  add(device: Device, room: Room): void {
    this.rooms.set(keyOf(device), [...this.of(device), room]);
  }

  remove(device: Device, room: Room): void {
    const others = this.of(device).filter((other) => other !== room);
    if (others.length > 0) this.rooms.set(keyOf(device), others);
    else this.rooms.delete(keyOf(device));
  }
}

export function keyOf({ app, userId, instance }: Device): string {
  return `${app} ${userId} ${instance}`;
}
