import type { Core } from '../core/core.ts';
import type { PresenceApi } from '../presence/types.ts';
import { orThrow } from '../requests/or-throw.ts';

export function presenceApi(core: Core): PresenceApi {
  const { ask, presence } = core;
  // Answers are taken in before the events of the same frame, which may be newer.
  return {
    set: (fields) =>
      ask('presence.set', fields, orThrow((output) => {
        presence.set(output.presence, fields.state);
        return output.presence;
      })), // prettier-ignore
    get: (users) =>
      ask('presence.get', { users: [...users] }, orThrow((output) => {
        for (const one of output.presences) presence.learned(one);
        return output;
      })), // prettier-ignore
    subscribe: (users, options = {}) =>
      ask('presence.subscribe', { users: [...users], ...wire(options) }, orThrow((output) => {
        presence.subscribed(output, options.seconds);
        return output;
      })), // prettier-ignore
    unsubscribe: (users) =>
      ask('presence.unsubscribe', users ? { users: [...users] } : {}, orThrow(() => presence.unsubscribed(users))), // prettier-ignore
    subscriptions: ({ limit = 100, ...options } = {}) =>
      ask('presence.subscriptions', { limit, ...options }, orThrow((output) => {
        for (const { presence: one, expiresAt } of output.subscriptions) presence.follow(one, expiresAt);
        return output;
      })), // prettier-ignore
    watched: () => presence.watched(),
    peek: (userId) => presence.peek(userId),
  };
}

function wire({ seconds, untilLogout }: { readonly seconds?: number; readonly untilLogout?: boolean }) {
  return {
    ...(seconds === undefined ? {} : { seconds }),
    ...(untilLogout === true ? { untilLogout: true as const } : {}),
  };
}
