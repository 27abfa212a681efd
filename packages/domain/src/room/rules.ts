import type { RoomKind } from '@magpie/protocol';
import type { Right } from '../group/rules.ts';

/** What users may do to a room, each with a right of its own. */
export type RoomAct = 'edit' | 'announce' | 'mute' | 'muteAll' | 'kick' | 'ban' | 'setRole' | 'transfer' | 'dismiss'; // prettier-ignore

/** What a kind of room lets happen (core-model §6). The domain reads rules, never kinds. */
export interface RoomRules {
  readonly create: 'user' | 'app';
  /** Made by entering it, if there is none. */
  readonly createOnEnter: boolean;
  readonly owned: boolean;
  /** How long a lost connection keeps its place, in ms. */
  readonly silence: number;
  readonly ownerSilence: number;
  /** Rooms of this kind that one device may be in at once. */
  readonly perDevice: number;
  /** Users present at once. */
  readonly cap: number;
  /** `empty`: by itself, some time after the last one left; its id may then be used anew. */
  readonly ends: 'dismissed' | 'empty';
  readonly rights: Readonly<Record<RoomAct, Right>>;
}

/** Also the bound of rooms of all kinds that one device may be in at once: what `room.resume` can name. */
export const MAX_PER_DEVICE = 100;
const NO_CAP = Number.MAX_SAFE_INTEGER;

export const ROOM_RULES: Readonly<Record<RoomKind, RoomRules>> = {
  live: { create: 'user', createOnEnter: false, owned: true, silence: 60_000, ownerSilence: 60_000, perDevice: MAX_PER_DEVICE, cap: NO_CAP, ends: 'dismissed', rights: { edit: 'owner', announce: 'owner', mute: 'owner', muteAll: 'owner', kick: 'owner', ban: 'owner', setRole: 'app', transfer: 'app', dismiss: 'owner' } },
  lounge: { create: 'user', createOnEnter: true, owned: false, silence: 30_000, ownerSilence: 30_000, perDevice: 5, cap: NO_CAP, ends: 'empty', rights: { edit: 'app', announce: 'app', mute: 'app', muteAll: 'app', kick: 'app', ban: 'app', setRole: 'app', transfer: 'app', dismiss: 'app' } },
  hall: { create: 'app', createOnEnter: false, owned: true, silence: 120_000, ownerSilence: 300_000, perDevice: MAX_PER_DEVICE, cap: 10_000, ends: 'dismissed', rights: { edit: 'admin', announce: 'admin', mute: 'admin', muteAll: 'admin', kick: 'admin', ban: 'admin', setRole: 'owner', transfer: 'owner', dismiss: 'owner' } },
}; // prettier-ignore
