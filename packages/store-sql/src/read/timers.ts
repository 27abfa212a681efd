import type { TimerReads } from '@magpie/domain';
import type { Kysely } from 'kysely';
import type { Schema } from '../schema.ts';

export function timerReads(db: Kysely<Schema>): TimerReads {
  return {
    nextDue: async (now, kinds) => {
      if (kinds.length === 0) return undefined;
      const row = await db
        .selectFrom('timers')
        .select('ready_at')
        .where('kind', 'in', kinds)
        // Held ones stand at the end of their hold.
        .where((eb) => eb.or([eb('owner', 'is', null), eb('ready_at', '<=', now)]))
        .orderBy('ready_at')
        .limit(1)
        .executeTakeFirst();
      return row?.ready_at;
    },
    count: async () => {
      const { total } = await db
        .selectFrom('timers')
        .select((eb) => eb.fn.countAll<number>().as('total'))
        .executeTakeFirstOrThrow();
      return total;
    },
  };
}
