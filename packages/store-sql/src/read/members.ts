import type { ConversationReads } from '@magpie/domain';
import { sql, type Kysely } from 'kysely';
import { fromParticipant, roleCode, stateCode } from '../codec.ts';
import type { Schema } from '../schema.ts';

/** A page of present members, in the order of the index it is read from. */
export function memberReads(db: Kysely<Schema>): Pick<ConversationReads, 'members'> {
  return {
    members: async (conv, { role, after, limit }) => {
      let query = db
        .selectFrom('participants')
        .selectAll()
        .where('conv', '=', conv)
        .where('state', '=', stateCode('member'));
      if (role !== undefined) query = query.where('role', '=', roleCode(role));
      if (after) {
        query = query.where(
          sql<boolean>`(role, joined_at, user_id) > (${roleCode(after.role)}, ${after.joinedAt}, ${after.user})`,
        );
      }
      const rows = await query.orderBy('role').orderBy('joined_at').orderBy('user_id').limit(limit).execute();
      return rows.map(fromParticipant);
    },
  };
}
