import type { Room } from '@magpie/protocol';
import type { Core } from '../core/core.ts';
import { orThrow } from '../requests/or-throw.ts';
import type { RoomApi } from '../rooms/types.ts';

export function roomApi(core: Core): RoomApi {
  const { ask, request, rooms } = core;
  const known = (room: Room): Room => {
    rooms.adopt(room);
    return room;
  };
  return {
    enter: (id, options = {}) => rooms.enter({ ...options, id }),
    leave: (id) => rooms.leave(id),
    async create(input) {
      return (await request('room.create', input)).room;
    },
    // Answers are taken in before the events of the same frame, which may be newer.
    get: (ids) =>
      ask(
        'room.get',
        { ids: [...ids] },
        orThrow((output) => output.rooms.map(known)),
      ),
    list: ({ limit = 50, ...options } = {}) => request('room.list', { limit, ...options }),
    async members(id, { users, limit = 100, ...options } = {}) {
      const { people, ...page } = await request('room.members', { id, limit, ...options, ...(users ? { users: [...users] } : {}) }); // prettier-ignore
      core.store.people.merge(people, `r:${id}`);
      return page;
    },
    update: (id, fields) =>
      ask(
        'room.update',
        { ...fields, id },
        orThrow(({ room }) => known(room)),
      ),
    async setRole(id, users, role) {
      await request('room.setRole', { id, users: [...users], role });
    },
    async transfer(id, user) {
      await request('room.transfer', { id, user });
    },
    async kick(id, users, options = {}) {
      return (await request('room.kick', { ...options, id, users: [...users] })).removed;
    },
    mute: (id, users, seconds) => request('room.mute', { id, users: [...users], seconds }),
    async unban(id, users) {
      await request('room.unban', { id, users: [...users] });
    },
    async restricted(id, what, { limit = 100, ...options } = {}) {
      const { people, ...page } = await request('room.restricted', { id, what, limit, ...options });
      core.store.people.merge(people, `r:${id}`);
      return page;
    },
    async dismiss(id) {
      await request('room.dismiss', { id });
    },
    joined: () => rooms.joined(),
    current: (id) => rooms.current(id),
    recent: (id) => rooms.recent(id),
  };
}
