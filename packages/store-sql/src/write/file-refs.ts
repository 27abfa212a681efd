import { Conflict, type OpContext } from './context.ts';

/** Lists in one statement are kept below what either database takes. */
const CHUNK = 500;

type Held = { readonly app: string; readonly conv: number; readonly at: number };

/**
 * An entry holds these files from now on. The rows are locked, so that none is found unheld meanwhile by somebody who removes the
 * last of its other entries.
 */
export async function holdFiles(
  c: OpContext,
  { app, conv, at }: Held,
  seq: number,
  files: readonly string[],
): Promise<void> {
  const ids = [...new Set(files)];
  const there = await locked(c, app, ids, 'finished');
  if (there.length < ids.length) throw new Conflict('missing');
  await c.db.insertInto('file_refs').values(ids.map((file) => ({ app, file, conv, seq }))).execute(); // prettier-ignore
  await c.db.updateTable('files').set({ used_at: at }).where('app', '=', app).where('id', 'in', ids).where('used_at', 'is', null).execute(); // prettier-ignore
}

/** Entries from `lo` to `hi` hold no files any more. */
export async function releaseFiles(c: OpContext, conv: number, lo: number, hi: number): Promise<void> {
  const held = await c.db.selectFrom('file_refs').select(['app', 'file']).distinct().where('conv', '=', conv).where('seq', '>=', lo).where('seq', '<=', hi).execute(); // prettier-ignore
  const [first] = held;
  if (!first) return;
  await c.db.deleteFrom('file_refs').where('conv', '=', conv).where('seq', '>=', lo).where('seq', '<=', hi).execute(); // prettier-ignore
  await doomUnheld(
    c,
    first.app,
    held.map(({ file }) => file),
  );
}

/** Those of these files that no entry holds can be used no more; their bytes and rows go later. */
export async function doomUnheld(c: OpContext, app: string, files: readonly string[]): Promise<void> {
  for (let i = 0; i < files.length; i += CHUNK) {
    const ids = files.slice(i, i + CHUNK);
    await locked(c, app, ids);
    await c.db
      .updateTable('files')
      .set({ state: 'removed', used_at: null })
      .where('app', '=', app)
      .where('id', 'in', ids)
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('file_refs as r')
              .select('r.seq')
              .whereRef('r.app', '=', 'files.app')
              .whereRef('r.file', '=', 'files.id'),
          ),
        ),
      )
      .execute();
  }
}

async function locked(
  c: OpContext,
  app: string,
  ids: readonly string[],
  state?: string,
): Promise<readonly string[]> {
  let query = c.db.selectFrom('files').select('id').where('app', '=', app).where('id', 'in', ids);
  if (state !== undefined) query = query.where('state', '=', state);
  query = query.orderBy('id');
  if (c.dialect === 'postgres') query = query.forUpdate();
  return (await query.execute()).map(({ id }) => id);
}
