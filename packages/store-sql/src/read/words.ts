import type { WordReads } from '@magpie/domain';
import type { Kysely } from 'kysely';
import { fromWord } from '../codec-slices.ts';
import type { Schema } from '../schema.ts';

export function wordReads(db: Kysely<Schema>): WordReads {
  return {
    all: async (app) => {
      const rows = await db.selectFrom('words').selectAll().where('app', '=', app).orderBy('word').execute();
      return rows.map(fromWord);
    },
    page: async (app, { after = '', limit }) => {
      const rows = await db.selectFrom('words').selectAll().where('app', '=', app).where('word', '>', after).orderBy('word').limit(limit).execute(); // prettier-ignore
      return rows.map(fromWord);
    },
    count: async (app) => {
      const { total } = await db
        .selectFrom('words')
        .select((eb) => eb.fn.countAll<number>().as('total'))
        .where('app', '=', app)
        .executeTakeFirstOrThrow();
      return total;
    },
  };
}
