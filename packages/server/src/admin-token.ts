import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerConfig } from './config.ts';

/** The operator's token: as configured, else made once beside the data, readable by its owner alone. */
export async function adminTokenOf(config: Pick<ServerConfig, 'adminToken' | 'dataFolder'>): Promise<string> {
  if (config.adminToken !== undefined) return config.adminToken;
  const path = join(config.dataFolder, 'admin.token');
  await mkdir(config.dataFolder, { recursive: true, mode: 0o700 });
  try {
    await writeFile(path, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return (await readFile(path, 'utf8')).trim();
}
