import type { Core } from '../core/core.ts';
import type { ContactApi } from '../types.ts';

export function contactApi(core: Core): ContactApi {
  return {
    async blocked() {
      return (await core.request('contact.blocked', {})).users.map(({ id }) => id);
    },
    async block(users) {
      await core.request('contact.block', { users: [...users] });
    },
    async unblock(users) {
      await core.request('contact.unblock', { users: [...users] });
    },
  };
}
