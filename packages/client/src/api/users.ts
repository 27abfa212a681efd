import type { Core } from '../core/core.ts';
import type { UserApi } from '../types.ts';

export function userApi(core: Core): UserApi {
  return {
    async get(ids) {
      const { users } = await core.request('user.get', { ids: [...ids] });
      for (const { id, name, avatar } of users) {
        core.store.people.merge({
          [id]: { ...(name === undefined ? {} : { name }), ...(avatar === undefined ? {} : { avatar }) },
        });
      }
      return users;
    },
    async update(fields) {
      const { user } = await core.request('user.update', fields);
      core.store.profile = user;
      return user;
    },
    person: (id, ref) => core.store.people.get(id, ref === undefined ? undefined : core.keyOf(ref)) ?? {},
  };
}
