import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Schema } from '../schema.ts';

/** Names a database at its first start; answers its epoch. */
export async function identify(db: Kysely<Schema>): Promise<string> {
  const named = [
    { name: 'epoch', value: randomBytes(9).toString('base64url') },
    { name: 'numbers', value: '0' },
  ];
  await db
    .insertInto('meta')
    .values(named)
    .onConflict((o) => o.doNothing())
    .execute();
  const epoch = db.selectFrom('meta').select('value').where('name', '=', 'epoch');
  return (await epoch.executeTakeFirstOrThrow()).value;
}
