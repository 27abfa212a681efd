import type { Group } from '@magpie/protocol';
import type { Core } from '../core/core.ts';
import type { GroupApi } from '../types.ts';

export function groupApi(core: Core): GroupApi {
  const { request } = core;
  return {
    create: ({ members, ...input }) =>
      request('group.create', { ...input, ...(members ? { members: [...members] } : {}) }),
    async get(ids) {
      return (await request('group.get', { ids: [...ids] })).groups;
    },
    async list() {
      const groups: Group[] = [];
      let cursor: string | undefined;
      do {
        const page = await request('group.list', { limit: 200, ...(cursor === undefined ? {} : { cursor }) });
        groups.push(...page.groups);
        cursor = page.next;
      } while (cursor !== undefined);
      return groups;
    },
    async update(id, fields) {
      return (await request('group.update', { id, ...fields })).group;
    },
    async join(id) {
      return (await request('group.join', { id })).group;
    },
    async leave(id) {
      await request('group.leave', { id });
    },
    invite: (id, users) => request('group.invite', { id, users: [...users] }),
    kick: (id, users, reason) =>
      request('group.kick', { id, users: [...users], ...(reason === undefined ? {} : { reason }) }),
    async members(id, { users, limit = 100, ...options } = {}) {
      const { people, ...page } = await request('group.members', {
        id,
        limit,
        ...options,
        ...(users ? { users: [...users] } : {}),
      });
      core.store.people.merge(people, `g:${id}`);
      return page;
    },
    async setRole(id, user, role) {
      await request('group.setRole', { id, user, role });
    },
    async transfer(id, user) {
      await request('group.transfer', { id, user });
    },
    async dismiss(id) {
      await request('group.dismiss', { id });
    },
  };
}
