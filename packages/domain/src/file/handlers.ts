import { filePath, MagpieError, type FileUse, type StoredFile } from '@magpie/protocol';
import type { Ctx, HandlersOf } from '../core/context.ts';
import type { Deps } from '../deps.ts';
import type { FileRow } from '../ports/rows.ts';
import { collectRemoved } from '../retention/files.ts';
import { SPELL } from '../retention/pace.ts';

const GRANT_LIFE = 24 * 3_600_000;
const HOUR = 3_600_000;

/** Largest upload an app takes for a use. */
export function maxFileBytes(ctx: Pick<Ctx, 'app'>, use: FileUse): number {
  return ctx.app.settings[`limits.file.${use}Bytes`];
}

export function fileHandlers(deps: Deps): HandlersOf<'file'> {
  const { store, clock, random } = deps;

  async function own(ctx: Ctx, fileId: string): Promise<FileRow> {
    const row = await store.files.get(ctx.app.id, fileId);
    if (!row || (ctx.caller !== 'admin' && row.owner !== ctx.userId))
      throw new MagpieError('FILE_NOT_FOUND', { field: 'fileId' });
    return row;
  }

  return {
    'file.grant': async (ctx, input) => {
      const maxBytes = maxFileBytes(ctx, input.use);
      if (input.size > maxBytes) throw new MagpieError('TOO_LARGE', { field: 'size', message: `At most ${maxBytes} bytes for ${input.use}.`, detail: { maxBytes } }); // prettier-ignore
      await checkQuota(deps, ctx, input.size);
      const row: FileRow = { app: ctx.app.id, id: random.text(32), owner: ctx.userId, use: input.use, name: input.name, size: input.size, mime: input.mime ?? 'application/octet-stream', state: 'granted', uploadKey: random.text(32), createdAt: clock.now(), finishedAt: null, usedAt: null, meta: '{}' }; // prettier-ignore
      await store.commit([{ op: 'file.create', row }]);
      return { fileId: row.id, path: `/files/upload/${encodeURIComponent(row.app)}/${row.id}/${row.uploadKey}`, expiresAt: row.createdAt + GRANT_LIFE, maxBytes }; // prettier-ignore
    },

    'file.finish': async (ctx, input) => {
      const row = await own(ctx, input.fileId);
      if (row.state === 'finished') return { file: storedFile(row) };
      const found = await deps.files.finish(row);
      const maxBytes = maxFileBytes(ctx, row.use);
      if (found.size > maxBytes)
        throw new MagpieError('TOO_LARGE', { field: 'fileId', detail: { maxBytes } });
      const set = { state: 'finished', size: found.size, mime: found.mime, finishedAt: clock.now(), meta: JSON.stringify(found.meta) } as const; // prettier-ignore
      await store.commit([{ op: 'file.set', app: row.app, id: row.id, set }]);
      return { file: storedFile({ ...row, ...set }) };
    },

    'file.get': async (ctx, input) => {
      const row = await store.files.get(ctx.app.id, input.fileId);
      if (row?.state !== 'finished') throw new MagpieError('FILE_NOT_FOUND', { field: 'fileId' });
      return { file: storedFile(row) };
    },
  };
}

async function checkQuota(deps: Deps, ctx: Ctx, size: number): Promise<void> {
  const { settings, id } = ctx.app;
  const perHour = settings['limits.file.perUserPerHour'];
  if (
    perHour > 0 &&
    ctx.caller !== 'admin' &&
    (await deps.store.files.grantedSince(id, ctx.userId, deps.clock.now() - HOUR)) >= perHour
  ) {
    throw new MagpieError('QUOTA_EXCEEDED', { message: `At most ${perHour} uploads an hour.` });
  }
  const quota = settings['limits.file.quotaBytes'];
  if (quota > 0 && (await deps.store.files.usedBytes(id)) + size > quota) {
    throw new MagpieError('QUOTA_EXCEEDED', { message: 'The app’s room for files is used up.' });
  }
}

export function storedFile(row: FileRow): StoredFile {
  const {
    shareSecret: _secret,
    restricted: _restricted,
    ...meta
  } = JSON.parse(row.meta) as Record<string, unknown>;
  return { fileId: row.id, name: row.name, size: row.size, mime: row.mime, path: filePath(row.app, row.id, row.name), ...meta }; // prettier-ignore
}

/** Removes uploads that were never used; a bounded batch. Returns how many. */
export async function collectUnused(
  deps: Pick<Deps, 'store' | 'files' | 'apps' | 'clock' | 'timers'>,
): Promise<number> {
  let removed = 0;
  const now = deps.clock.now();
  const rows = await deps.store.files.unused(now - HOUR, 500);
  for (const row of rows) {
    const app = deps.apps.get(row.app);
    if (app && row.createdAt > now - app.settings['files.unusedAfter']) continue;
    // From here on nobody can begin to use it.
    await deps.store.commit([{ op: 'file.doom', app: row.app, ids: [row.id] }]);
    removed++;
  }
  await collectRemoved(deps, now + SPELL);
  return removed;
}
