import type { Migration } from './dialect.ts';

/**
 * A send's name begins with its time (`clientId`), so an index that begins with it grows at its end. Led by the conversation it was
 * written to in as many places as conversations were, which made a message dearer the more of them there were.
 */
export const namesByTime: Migration = {
  version: 3,
  name: 'names by time',
  async up({ run }) {
    await run('drop index messages_name');
    await run('create unique index messages_name on messages (client_id, sender, conv)');
  },
};
