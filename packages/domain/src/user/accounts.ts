import { MagpieError, type People, type Person, type Profile } from '@magpie/protocol';
import { BoundedCache } from '../core/cache.ts';
import { conflictsAs } from '../core/conflict.ts';
import type { AppContext } from '../core/context.ts';
import { Pending } from '../core/pending.ts';
import type { Mesh } from '../cluster/mesh.ts';
import type { Bus } from '../ports/bus.ts';
import type { Clock } from '../ports/platform.ts';
import type { UserRow } from '../ports/rows.ts';
import { StoreConflict, type Store } from '../ports/store.ts';
import type { WriteOp } from '../ports/writes.ts';

/** ASCII fold: how ids that differ by case alone are found to be the same. */
export function foldId(id: string): string {
  return id.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

const RESERVED = /^@(TGS#|TOPIC#|TIM#)/;

/** Users by id, with a cache that the bus invalidates. */
export class Accounts {
  private readonly cache = new BoundedCache<UserRow>(50_000);
  private readonly blocks = new BoundedCache<boolean>(100_000);
  private readonly reads = new Pending<boolean>();
  private readonly store: Store;
  private readonly bus: Bus;
  private readonly clock: Clock;
  private readonly mesh: Pick<Mesh, 'healthy' | 'settled'>;
  private readonly unsubscribe: () => void;

  constructor(store: Store, bus: Bus, clock: Clock, mesh: Pick<Mesh, 'healthy' | 'settled'>) {
    this.mesh = mesh;
    this.store = store;
    this.bus = bus;
    this.clock = clock;
    this.unsubscribe = bus.subscribe('magpie.user.>', (data) => {
      this.cache.delete(data);
      // Blocks are cached by pair; dropping all is rare and cheap beside tracking them.
      if (data.startsWith('block ')) this.blocks.clear();
    });
  }

  /** A live account, or undefined. */
  async get(app: string, id: string): Promise<UserRow | undefined> {
    const key = `${app} ${id}`;
    const cached = this.cache.get(key);
    if (cached && this.mesh.healthy) return cached;
    const { version } = this.cache;
    const row = await this.store.users.get(app, id);
    if (!row || row.deletedAt !== null) return undefined;
    this.cache.keep(key, row, version);
    return row;
  }

  /** From memory alone. */
  peek(app: string, id: string): UserRow | undefined {
    return this.cache.get(`${app} ${id}`);
  }

  /** Read anew, e.g. for the end of the user's log. */
  async fresh(app: string, id: string): Promise<UserRow> {
    const { version } = this.cache;
    const row = await this.store.users.get(app, id);
    if (!row || row.deletedAt !== null) throw new MagpieError('USER_NOT_FOUND', { field: 'user' });
    this.cache.keep(`${app} ${id}`, row, version);
    return row;
  }

  async require(app: string, id: string, field: string): Promise<UserRow> {
    const row = await this.get(app, id);
    if (!row) throw new MagpieError('USER_NOT_FOUND', { field });
    return row;
  }

  /** Exact first, then by folded id (Easemob's way of naming users). */
  async resolve(app: string, id: string, byFold: boolean): Promise<UserRow | undefined> {
    const exact = await this.get(app, id);
    if (exact || !byFold) return exact;
    const rows = await this.store.users.byFold(app, foldId(id));
    return rows.find((row) => row.deletedAt === null);
  }

  /** Creates an account; a deleted id is never used again. */
  async create(
    app: AppContext,
    id: string,
    more: { readonly passwordHash?: string; readonly name?: string } = {},
  ): Promise<UserRow> {
    if (RESERVED.test(id)) throw new MagpieError('BAD_REQUEST', { field: 'userId', message: 'That prefix of user ids is reserved.' }); // prettier-ignore
    const at = this.clock.now();
    await this.store
      .commit([
        {
          op: 'user.create',
          app: app.id,
          id,
          fold: foldId(id),
          unique: app.settings['userIds.case'] === 'unique',
          profile: more.name === undefined ? {} : { name: more.name },
          passwordHash: more.passwordHash ?? null,
          at,
        },
      ]) // prettier-ignore
      .catch(conflictsAs({ exists: 'USER_EXISTS', taken: 'USER_ID_TAKEN' }));
    const row = await this.get(app.id, id);
    if (!row) throw new MagpieError('INTERNAL');
    return row;
  }

  /** The account of a first valid login. */
  async ensure(app: AppContext, id: string): Promise<UserRow> {
    const row = await this.get(app.id, id);
    if (row) return row;
    try {
      return await this.create(app, id);
    } catch (error) {
      // Two logins at once: the other one made it; or the id belongs to a deleted account.
      if (error instanceof MagpieError && error.code === 'USER_EXISTS')
        return this.require(app.id, id, 'user');
      throw error;
    }
  }

  async set(app: string, id: string, set: UserSet, more: readonly WriteOp[] = []): Promise<UserRow> {
    try {
      const [result] = await this.store.commit([{ op: 'user.set', app, id, set }, ...more]);
      await this.changed(app, id);
      return result.row;
    } catch (error) {
      throw error instanceof StoreConflict ? new MagpieError('USER_NOT_FOUND') : error;
    }
  }

  /** Resolves when every node has forgotten what it knew. */
  changed(app: string, id: string): Promise<void> {
    this.cache.delete(`${app} ${id}`);
    this.bus.publish(`magpie.user.${app}`, `${app} ${id}`);
    return this.mesh.settled();
  }

  /** Whether `by` blocked `user`; at once when that is known. */
  isBlocked(app: string, by: string, user: string): boolean | Promise<boolean> {
    const key = `${app} ${by} ${user}`;
    const known = this.mesh.healthy ? this.blocks.get(key) : undefined;
    return known ?? this.reads.share(key, () => this.readBlock(app, by, user, key));
  }

  private async readBlock(app: string, by: string, user: string, key: string): Promise<boolean> {
    const { version } = this.blocks;
    const blocked = await this.store.users.isBlocked(app, by, user);
    this.blocks.keep(key, blocked, version);
    return blocked;
  }

  /** Resolves when every node has forgotten what it knew. */
  blocksChanged(app: string): Promise<void> {
    this.blocks.clear();
    this.bus.publish(`magpie.user.${app}`, `block ${app}`);
    return this.mesh.settled();
  }

  /** Current names, from memory where they are there. Unknown users are left out. */
  async people(app: string, ids: Iterable<string>): Promise<People> {
    const out: People = {};
    const missing: string[] = [];
    for (const id of new Set(ids)) {
      const row = this.cache.get(`${app} ${id}`);
      if (row) add(out, row);
      else missing.push(id);
    }
    if (missing.length > 0) {
      const { version } = this.cache;
      for (const row of await this.store.users.many(app, missing)) {
        if (row.deletedAt === null) this.cache.keep(`${app} ${row.id}`, row, version);
        add(out, row);
      }
    }
    return out;
  }

  /** What others changed may not have been heard. */
  forget(): void {
    this.cache.clear();
    this.blocks.clear();
  }

  close(): void {
    this.unsubscribe();
  }
}

export type UserSet = Partial<
  Pick<UserRow, 'profile' | 'updatedAt' | 'deletedAt' | 'bannedUntil' | 'validFrom' | 'passwordHash'>
>;

export function personOf(row: UserRow): Person | undefined {
  const { name, avatar } = row.profile;
  if (name === undefined && avatar === undefined) return undefined;
  return { ...(name === undefined ? {} : { name }), ...(avatar === undefined ? {} : { avatar }) };
}

export function profileOf(row: UserRow): Profile {
  return { id: row.id, ...row.profile, updatedAt: row.updatedAt };
}

function add(people: People, row: UserRow): void {
  const person = personOf(row);
  if (person) people[row.id] = person;
}
