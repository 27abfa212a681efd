import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openStore } from './factory.ts';

it('opens a file in a folder that does not exist yet', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'magpie-factory-'));
  const store = await openStore(`sqlite:${join(folder, 'new', 'magpie.db')}`);
  expect(store.health()).toEqual({ ok: true });
  await store.close();
  rmSync(folder, { recursive: true });
});

it('says what is wrong with an address', async () => {
  await expect(openStore('mysql://x')).rejects.toThrow('MAGPIE_STORE must be');
  await expect(openStore('sqlite:')).rejects.toThrow('names no file');
  await expect(openStore('sqlite:/dev/null/x/magpie.db')).rejects.toThrow();
  await expect(openStore('postgres://nobody@127.0.0.1:1/none')).rejects.toThrow('could not be reached');
});
