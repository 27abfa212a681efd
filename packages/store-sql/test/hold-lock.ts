import { lockDataFolder } from '../src/index.ts';

/** Holds the lock of a folder until it is killed. */
const [folder = '', url = ''] = process.argv.slice(2);
const lock = lockDataFolder(folder, {});
lock.describe(url);
process.stdout.write('held\n');
setInterval(() => undefined, 60_000);
