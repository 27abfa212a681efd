import { ALL_OPERATIONS, MagpieError, OPERATIONS, type OperationDefinition } from '@magpie/protocol';
import { describe, expect, it } from 'vitest';
import type { Ctx } from '../core/context.ts';
import type { AuditRow } from '../ports/rows-upkeep.ts';
import type { WriteOp } from '../ports/writes.ts';
import { actOps, auditedRun, IN_UNIT, isAudited } from './audit.ts';
import { KEPT, redacted, WITHHELD } from './redact.ts';

const admins = ALL_OPERATIONS.map((one): OperationDefinition => one).filter(({ callers }) => callers.includes('admin')); // prettier-ignore
const acts = admins.filter(isAudited);

interface Schema {
  readonly entries?: Record<string, Schema>;
  readonly options?: readonly (Schema | string)[];
  readonly pipe?: readonly Schema[];
  readonly wrapped?: Schema;
  readonly item?: Schema;
}

/** Names of all fields of an input, however deep; not of records, whose names are the caller's. */
function fieldsOf(schema: Schema | undefined, seen = new Set<string>()): Set<string> {
  if (!schema) return seen;
  for (const [name, inner] of Object.entries(schema.entries ?? {})) {
    seen.add(name);
    fieldsOf(inner, seen);
  }
  for (const one of schema.options ?? []) if (typeof one === 'object') fieldsOf(one, seen);
  for (const one of schema.pipe ?? []) if (one !== schema) fieldsOf(one, seen);
  fieldsOf(schema.wrapped, seen);
  return fieldsOf(schema.item, seen);
}

describe('the operation table', () => {
  it('every operation of admins that does something is audited, and so is the export of a user', () => {
    const silent = admins.filter((one) => !isAudited(one)).map(({ name, idempotency }) => [name, idempotency]); // prettier-ignore
    expect(silent.filter(([, idempotency]) => idempotency !== 'safe')).toEqual([]);
    expect(acts.map(({ name }) => name)).toContain('user.export');
    expect(acts.length).toBeGreaterThan(25);
  });

  it('those that write themselves down are operations of admins', () => {
    expect([...IN_UNIT].filter((name) => !acts.some((act) => act.name === name))).toEqual([]);
  });

  it.each(acts.map((act) => [act.name, act] as const))('%s: each field is kept or withheld', (_name, act) => {
    const fields = [...fieldsOf(act.input as unknown as Schema)];
    expect(fields.filter((field) => KEPT.has(field) === WITHHELD.has(field))).toEqual([]);
  });
});

describe('what is written of an input', () => {
  it('holds no secret and nothing anybody said', () => {
    const inputs = [
      { userId: 'bob', password: 'hunter2' },
      { id: 'own', doors: [{ kind: 'webim', id: 'a#b', clientId: 'c', clientSecret: 'hunter2' }], settings: { 'files.signed': true } }, // prettier-ignore
      { ref: 'u:bob', clientId: '1', content: { type: 'text', text: 'hunter2' }, extra: 'hunter2', push: { body: 'hunter2' } }, // prettier-ignore
      { unheardOf: 'hunter2' },
    ];
    const texts = inputs.map(redacted);
    expect(texts.join()).not.toContain('hunter2');
    expect(JSON.parse(texts[0]!)).toEqual({ userId: 'bob', password: { '…': 9 } });
    expect(JSON.parse(texts[1]!)).toMatchObject({ doors: [{ kind: 'webim', id: 'a#b' }], settings: { 'files.signed': true } }); // prettier-ignore
    expect(JSON.parse(texts[2]!)).toMatchObject({ ref: 'u:bob', content: { type: 'text' } });
  });

  it('is short, however much was asked', () => {
    const users = Array.from({ length: 500 }, (_, i) => `user-${i}`);
    expect((JSON.parse(redacted({ users })) as { users: unknown[] }).users).toHaveLength(21);
    expect(redacted({ id: 'x'.repeat(10_000) }).length).toBeLessThan(100);
  });
});

describe('an act', () => {
  const ctx: Ctx = { app: { id: 'a' } as Ctx['app'], caller: 'admin', userId: '', by: 'operator', address: '::1' }; // prettier-ignore

  function world(refuses = false) {
    const units: (readonly WriteOp[])[] = [];
    const reported: string[] = [];
    const commit = async (ops: readonly WriteOp[]) => {
      if (refuses) throw new MagpieError('STORE_UNAVAILABLE');
      units.push(ops);
      return ops.map(() => undefined);
    };
    const deps = { store: { commit }, clock: { now: () => 7 }, random: { text: () => 'id' }, report: (what: string) => void reported.push(what) } as never; // prettier-ignore
    const run = (name: string, input: unknown, go: (ctx: Ctx) => Promise<unknown>) => auditedRun(deps, OPERATIONS.get(name)!, ctx, input, go); // prettier-ignore
    const rows = () => units.flat().flatMap((op) => (op.op === 'audit.add' ? [op.row] : []));
    return { units, reported, run, rows, commit };
  }

  it('that writes itself down does so in its own unit', async () => {
    const { run, units, commit } = world();
    await run('user.delete', { userId: 'bob' }, (as) => commit([{ op: 'timer.remove', id: 't' }, ...actOps(as)])); // prettier-ignore
    const row: AuditRow = { app: 'a', at: 7, id: 'id', by: 'operator', address: '::1', operation: 'user.delete', user: 'bob', target: null, outcome: 'ok', input: '{"userId":"bob"}' }; // prettier-ignore
    expect(units).toEqual([
      [
        { op: 'timer.remove', id: 't' },
        { op: 'audit.add', row },
      ],
    ]);
  });

  it('that came to nothing is written down with why', async () => {
    const { run, rows } = world();
    const refused = run('user.delete', { userId: 'bob' }, async () => {
      throw new MagpieError('USER_NOT_FOUND');
    });
    await expect(refused).rejects.toThrow(MagpieError);
    expect(rows().map(({ outcome }) => outcome)).toEqual(['USER_NOT_FOUND']);
  });

  it('of the others is begun, done, and ended', async () => {
    const { run, units, rows } = world();
    const order: number[] = [];
    await run('room.update', { id: 'r' }, async () => order.push(units.length));
    expect([order, units.length]).toEqual([[1], 2]);
    expect(rows()[0]).toMatchObject({ outcome: null, target: 'r' });
    expect(units[1]).toEqual([{ op: 'audit.end', app: 'a', at: 7, id: 'id', outcome: 'ok' }]);
  });

  it('is not done where it cannot be written down', async () => {
    const { run } = world(true);
    let done = false;
    await expect(run('room.update', { id: 'r' }, async () => (done = true))).rejects.toThrow(MagpieError);
    expect(done).toBe(false);
  });
});
