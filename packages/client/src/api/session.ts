import type { Core } from '../core/core.ts';
import { httpCall } from '../requests/http.ts';
import type { SessionApi } from '../types.ts';

export function sessionApi(core: Core): SessionApi {
  const open: SessionApi['open'] = async ({ token, user }) => {
    const { userId, profile, expiresAt } = await core.session.open({ token, user });
    return { userId, profile, ...(expiresAt === undefined ? {} : { expiresAt }) };
  };
  return {
    get state() {
      return core.session.state;
    },
    get userId() {
      return core.session.opened?.userId;
    },
    get instance() {
      return core.instance.id;
    },
    get settings() {
      return core.session.opened?.settings;
    },
    get ready() {
      return core.ready;
    },
    get profile() {
      return core.session.opened && core.store.profile;
    },
    now: () => core.session.now(),
    open,
    async openWithPassword({ user, password }) {
      const signed = await httpCall(core.options, 'user.signIn', { userId: user, password });
      const opened = await open({ token: signed.token, user: signed.userId });
      return { ...opened, token: signed.token };
    },
    async register({ user, password, name }) {
      await httpCall(core.options, 'user.register', {
        userId: user,
        password,
        ...(name === undefined ? {} : { name }),
      });
    },
    async renew(token) {
      // While the network is away an expired token could not even reconnect to be renewed.
      const takeBack = core.session.offer(token);
      const renewed = await core.request('session.renew', { token }).catch((error: unknown) => {
        takeBack();
        throw error;
      });
      core.session.renewed(token, renewed.expiresAt);
      return renewed;
    },
    async list() {
      return (await core.request('session.list', {})).sessions;
    },
    close: () => core.logOut(),
  };
}
