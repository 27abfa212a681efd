import type { EventPayload, Message, Room, RoomChange } from '@magpie/protocol';

type Changed = EventPayload<'room.changed'>;

/** A room after a change, with this user's own place in it, which events leave out. */
export function withChange(before: Room, d: Changed, me: string): Room {
  const { me: place } = before;
  if (!place) return d.room;
  const mine = d.targets?.includes(me) === true;
  const { mutedUntil, ...rest } = place;
  const until = mine && d.change === 'muted' ? d.until : mine && d.change === 'unmuted' ? undefined : mutedUntil; // prettier-ignore
  const role = roleAfter(d, place.role, mine, me);
  return { ...d.room, me: { ...rest, role, ...(until === undefined ? {} : { mutedUntil: until }) } };
}

type Role = NonNullable<Room['me']>['role'];

function roleAfter({ room, change, after }: Changed, before: Role, mine: boolean, me: string): Role {
  if (room.owner === me) return 'owner';
  const said = after?.['role'];
  if (mine && change === 'roleChanged' && (said === 'admin' || said === 'member')) return said;
  return before === 'owner' ? 'member' : before;
}

const PROFILE = ['name', 'avatar', 'intro', 'announcement', 'ext'] as const;

/** What must have happened to a room while nobody told this device. */
export function changesBetween(before: Room, after: Room): readonly RoomChange[] {
  return [
    ...(PROFILE.some((field) => before[field] !== after[field]) ? (['profileChanged'] as const) : []),
    ...(before.owner === after.owner ? [] : (['ownerChanged'] as const)),
    ...(before.mutedAll === after.mutedAll ? [] : [after.mutedAll ? ('mutedAll' as const) : ('unmutedAll' as const)]), // prettier-ignore
  ];
}

/** What is left of a message that was taken back; of what kind it was, only who holds it knows. */
export function remainsOf(d: EventPayload<'room.revoked'>, held: Message | undefined): Message {
  const { id, conv, from, by, role, at, reason } = d;
  const before = held?.content;
  const text = before?.type === 'text' ? before.text : before?.type === 'custom' ? before.data : undefined;
  return {
    ...(held ?? { id, conv, from, time: at, clientId: '' }),
    content: {
      type: 'revoked',
      original: { type: before?.type ?? '', ...(text === undefined ? {} : { text }) },
    },
    revoked: { by, at, role, ...(reason === undefined ? {} : { reason }) },
  };
}
