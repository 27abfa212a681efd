import { Conflict, oneAtATime, type OpContext, type OpHandlers } from './context.ts';

const CHUNK = 500;

export const wordOps: OpHandlers<'word.put' | 'word.remove'> = {
  'word.put': async (c, { app, words, max }) => {
    await oneAtATime(c, `words ${app}`);
    const before = await count(c, app);
    // The last of repeated ones holds.
    const actions = new Map(words.map(({ word, action }) => [word.replaceAll('\0', ''), action]));
    const rows = [...actions].map(([word, action]) => ({ app, word, action }));
    for (let i = 0; i < rows.length; i += CHUNK) {
      await c.db
        .insertInto('words')
        .values(rows.slice(i, i + CHUNK))
        .onConflict((o) =>
          o.columns(['app', 'word']).doUpdateSet((eb) => ({ action: eb.ref('excluded.action') })),
        ) // prettier-ignore
        .execute();
    }
    const total = await count(c, app);
    if (total > max && total > before) throw new Conflict('full');
    return { total };
  },

  'word.remove': async (c, { app, words }) => {
    for (let i = 0; i < words.length; i += CHUNK)
      await c.db.deleteFrom('words').where('app', '=', app).where('word', 'in', words.slice(i, i + CHUNK)).execute(); // prettier-ignore
    return undefined;
  },
};

async function count(c: OpContext, app: string): Promise<number> {
  const row = await c.db
    .selectFrom('words')
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .where('app', '=', app)
    .executeTakeFirstOrThrow();
  return row.total;
}
