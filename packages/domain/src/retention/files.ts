import type { Deps } from '../deps.ts';
import { isOver } from './pace.ts';

const BATCH = 200;

/**
 * Removes the bytes, then the rows, of files that nothing can use any more. Begun again by whoever comes next: a file without bytes is
 * as good as removed.
 */
export async function collectRemoved(
  deps: Pick<Deps, 'store' | 'files' | 'clock' | 'timers'>,
  until: number,
): Promise<number> {
  const { store, files } = deps;
  let removed = 0;
  for (;;) {
    const rows = await store.upkeep.removedFiles(BATCH);
    for (const row of rows) {
      if (isOver(deps, until)) return removed;
      await files.remove(row.app, row.id);
      await store.commit([{ op: 'file.remove', app: row.app, ids: [row.id] }]);
      removed++;
    }
    if (rows.length < BATCH) return removed;
  }
}
