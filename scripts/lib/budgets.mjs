// Holds the browser bundles to the sizes in .size-limit.json.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sizeLimit from 'size-limit';
import filePlugin from '@size-limit/file';
import { root } from './run.mjs';

/** @returns {Promise<{ lines: string[], ok: boolean }>} of those bundles that belong to `folders` and exist */
export async function checkBudgets(folders) {
  const budgets = JSON.parse(readFileSync(join(root, '.size-limit.json'), 'utf8'));
  const lines = [];
  let ok = true;
  for (const { path, limit } of budgets) {
    const file = join(root, path);
    if (!folders.some((folder) => path.startsWith(`${folder}/`)) || !existsSync(file)) continue;
    const [{ size }] = await sizeLimit([filePlugin], [file]);
    const allowed = Number.parseFloat(limit) * 1000;
    if (size > allowed) ok = false;
    lines.push(
      `${path}  ${(size / 1000).toFixed(1)} kB compressed, at most ${limit}${size > allowed ? '  OVER' : ''}`,
    );
  }
  return { lines, ok };
}
