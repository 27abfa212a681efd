import { expect, it } from 'vitest';
import { readConfig } from './config.ts';
import { createLog, createSieve, errorShape } from './log.ts';

function logged(env: Record<string, string>, write: (log: ReturnType<typeof createLog>) => void): string {
  let text = '';
  write(createLog(readConfig(env), { write: (line) => void (text += line) }));
  return text;
}

it('passwords in addresses and bearer tokens do not get through', () => {
  const sieve = createSieve([]);
  expect(sieve('{"m":"at postgres://u:p%40ss@db:5432/x and nats://n:s3cret@h"}')).toBe('{"m":"at postgres://u:***@db:5432/x and nats://n:***@h"}'); // prettier-ignore
  expect(sieve('{"a":"authorization: Bearer abc.def-1"}')).toBe('{"a":"authorization: Bearer ***"}');
  expect(sieve('{"u":"http://127.0.0.1:8800/x","t":"12:30"}')).toBe('{"u":"http://127.0.0.1:8800/x","t":"12:30"}'); // prettier-ignore
});

it('secrets of the process are hidden wherever they stand, also decoded and escaped', () => {
  const env = { MAGPIE_ADMIN_TOKEN: 'admin"token', MAGPIE_STORE: 'postgres://magpie:p%40ss-word@db/magpie' };
  const text = logged(env, (log) => {
    log.info({ got: 'admin"token' }, 'x');
    log.error({ err: new Error('auth failed for p@ss-word') }, 'y');
  });
  expect(text).toContain('***');
  expect(text).not.toMatch(/admin\\"token|p@ss-word|p%40ss-word/);
});

it('of an error only what names it is written, its causes too', () => {
  const cause = Object.assign(new Error('deadlock'), { code: '40P01', detail: 'row (secret)', parameters: ['secret'] }); // prettier-ignore
  const shape = JSON.stringify(errorShape(new Error('commit failed', { cause })));
  expect(JSON.parse(shape)).toMatchObject({
    type: 'Error',
    message: 'commit failed',
    cause: { code: '40P01' },
  });
  expect(shape).not.toContain('secret');
  const endless = new Error('a');
  endless.cause = endless;
  expect(JSON.stringify(errorShape(endless)).length).toBeLessThan(20_000);
});

it('writes what its level allows', () => {
  expect(logged({ MAGPIE_LOG: 'warn' }, (log) => log.info('no'))).toBe('');
  expect(logged({ MAGPIE_LOG: 'warn' }, (log) => log.warn('yes'))).toContain('"msg":"yes"');
});
