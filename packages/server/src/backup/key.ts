import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseMasterKey } from '@magpie/credentials';
import type { ServerConfig } from '../config.ts';
import { absent } from './disk.ts';
import { PARTS } from './manifest.ts';

export interface FoundKey {
  readonly key: Uint8Array;
  /** As its file has it. */
  readonly text: string;
  readonly from: 'environment' | 'file';
}

/** The master key that a server with this configuration would use; undefined where it would make a new one. */
export async function configuredKey(config: Pick<ServerConfig, 'masterKey' | 'dataFolder'>): Promise<FoundKey | undefined> {
  if (config.masterKey !== undefined) return { key: parseMasterKey(config.masterKey), text: config.masterKey, from: 'environment' };
  return await keyIn(join(config.dataFolder, PARTS.key));
} // prettier-ignore

export async function keyIn(path: string): Promise<FoundKey | undefined> {
  const text = await readFile(path, 'utf8').catch(absent);
  return text === undefined ? undefined : { key: parseMasterKey(text), text, from: 'file' };
}
