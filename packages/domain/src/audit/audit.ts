import { MagpieError, type OperationDefinition } from '@magpie/protocol';
import type { Ctx } from '../core/context.ts';
import type { Deps } from '../deps.ts';
import type { AuditRow } from '../ports/rows-upkeep.ts';
import type { WriteOp } from '../ports/writes.ts';
import { redacted } from './redact.ts';

/** An act that its operation writes down in the unit of what it does. */
export interface Act {
  /** To be put into that unit; once asked for, nothing else is written when the operation succeeds. */
  readonly ops: readonly WriteOp[];
}

/** Operations that put `ctx.act` into the unit of what they do. The others are written down before they begin, and again when they end. */
export const IN_UNIT: ReadonlySet<string> = new Set([
  'app.create', 'app.update', 'app.rotateSecret', 'app.delete', 'message.send', 'user.delete', 'user.erase', 'user.setPassword',
]); // prettier-ignore

/** For `ctx.act`, where there may be none. */
export const actOps = (ctx: Ctx): readonly WriteOp[] => ctx.act?.ops ?? [];

/** Whether an admin's call of an operation is written down. */
export function isAudited({ callers, idempotency, audited }: OperationDefinition): boolean {
  return callers.includes('admin') && (idempotency !== 'safe' || audited === true);
}

/**
 * Runs an admin's operation and writes it down: no act happens that the log does not hold, or at least its beginning. Where the log
 * cannot be written, nothing is done.
 */
export async function auditedRun(
  deps: Pick<Deps, 'store' | 'clock' | 'random' | 'report'>,
  definition: OperationDefinition,
  ctx: Ctx,
  input: unknown,
  go: (ctx: Ctx) => Promise<unknown>,
): Promise<unknown> {
  const row = rowOf(deps, definition, ctx, input);
  return IN_UNIT.has(definition.name) ? withinUnit(deps, row, ctx, go) : around(deps, row, ctx, go);
}

type AuditDeps = Pick<Deps, 'store' | 'report'>;

async function withinUnit(
  { store, report }: AuditDeps,
  row: AuditRow,
  ctx: Ctx,
  go: (ctx: Ctx) => Promise<unknown>,
): Promise<unknown> {
  let taken = false;
  const ops: readonly WriteOp[] = [{ op: 'audit.add', row: { ...row, outcome: 'ok' } }];
  const act: Act = {
    get ops() {
      taken = true;
      return ops;
    },
  };
  // A row that the unit wrote already stays as it is.
  const note = (outcome: string): Promise<unknown> => store.commit([{ op: 'audit.add', row: { ...row, outcome } }]).catch((error: unknown) => report?.('an act could not be written down', error, { operation: row.operation })); // prettier-ignore
  try {
    const output = await go({ ...ctx, act });
    if (!taken) await note('ok');
    return output;
  } catch (error) {
    await note(MagpieError.from(error).code);
    throw error;
  }
}

async function around(
  { store, report }: AuditDeps,
  row: AuditRow,
  ctx: Ctx,
  go: (ctx: Ctx) => Promise<unknown>,
): Promise<unknown> {
  const { app, at, id } = row;
  await store.commit([{ op: 'audit.add', row }]);
  const end = (outcome: string): Promise<unknown> => store.commit([{ op: 'audit.end', app, at, id, outcome }]).catch((error: unknown) => report?.('the end of an act could not be written down', error, { operation: row.operation })); // prettier-ignore
  try {
    const output = await go(ctx);
    await end('ok');
    return output;
  } catch (error) {
    await end(MagpieError.from(error).code);
    throw error;
  }
}

function rowOf(
  { clock, random }: Pick<Deps, 'clock' | 'random'>,
  definition: OperationDefinition,
  ctx: Ctx,
  input: unknown,
): AuditRow {
  const fields = (typeof input === 'object' && input !== null ? input : {}) as Record<string, unknown>;
  return {
    app: ctx.app.id,
    at: clock.now(),
    id: random.text(12),
    by: ctx.by ?? 'server',
    address: ctx.address ?? null,
    operation: definition.name,
    user: firstText(fields['userId'], fields['user'], ctx.userId),
    target: firstText(fields['id'], fields['ref'], fields['fileId']),
    outcome: null,
    input: redacted(input),
  };
}

function firstText(...candidates: readonly unknown[]): string | null {
  for (const one of candidates) if (typeof one === 'string' && one !== '') return one.slice(0, 256);
  return null;
}
