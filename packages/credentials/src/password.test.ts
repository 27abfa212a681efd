import { hash, hashRaw } from '@node-rs/argon2';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CredentialError } from './errors.ts';
import { QueueFullError, createLimiter } from './limiter.ts';
import { scriptedRandom } from './test-support.ts';
import { DEFAULT_PASSWORD_COST, MAX_PASSWORD_BYTES, createPasswordHasher } from './password.ts';

/** The least that argon2 takes: these tests are about behaviour, not about strength. */
const cheap = { memoryCost: 8, timeCost: 1, parallelism: 1 };

describe('createPasswordHasher', () => {
  it('makes argon2id hashes at 19 MiB and five passes by default', async () => {
    const hasher = createPasswordHasher();
    const stored = await hasher.hash('correct horse');
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=5,p=1\$/);
    expect(await hasher.verify(stored, 'correct horse')).toBe(true);
    expect(await hasher.verify(stored, 'correct horsf')).toBe(false);
    expect(hasher.needsRehash(stored)).toBe(false);
  });

  it('asks for a rehash when the cost has changed', async () => {
    const stored = await createPasswordHasher({ cost: cheap }).hash('p');
    expect(createPasswordHasher({ cost: cheap }).needsRehash(stored)).toBe(false);
    expect(createPasswordHasher().needsRehash(stored)).toBe(true);
    expect(await createPasswordHasher().verify(stored, 'p')).toBe(true);
  });

  it('answers false for a user without a hash, after running argon2 at the same cost', async () => {
    const hasher = createPasswordHasher({ cost: { ...cheap, timeCost: 2 } });
    expect(await hasher.verify(undefined, 'p')).toBe(false);
    const stored = await hasher.hash('p');
    const time = async (target: string | undefined): Promise<number> => {
      const start = process.hrtime.bigint();
      for (let count = 0; count < 50; count += 1) await hasher.verify(target, 'wrong');
      return Number(process.hrtime.bigint() - start);
    };
    await time(stored);
    const [known, unknown] = [await time(stored), await time(undefined)];
    // A shortcut would be a hundred times faster; a busy machine is not.
    expect(unknown).toBeGreaterThan(known / 10);
  });

  it('answers false without a hash even to a password that fits the stand-in', async () => {
    const salt = new Uint8Array(16);
    const random = scriptedRandom(salt, await hashRaw('lucky', { ...cheap, salt }));
    expect(await createPasswordHasher({ cost: cheap, random }).verify(undefined, 'lucky')).toBe(false);
  });

  it('bounds the password', async () => {
    const hasher = createPasswordHasher({ cost: cheap });
    const stored = await hasher.hash('x'.repeat(MAX_PASSWORD_BYTES));
    expect(await hasher.verify(stored, 'x'.repeat(MAX_PASSWORD_BYTES))).toBe(true);
    expect(await hasher.verify(stored, 'x'.repeat(MAX_PASSWORD_BYTES + 1))).toBe(false);
    expect(await hasher.verify(stored, '')).toBe(false);
    for (const bad of ['', '鹊'.repeat(MAX_PASSWORD_BYTES / 2)]) {
      await expect(hasher.hash(bad)).rejects.toMatchObject({ reason: 'malformed' });
    }
  });

  it('is not fooled by the text that stands in for an unacceptable password', async () => {
    const hasher = createPasswordHasher({ cost: cheap });
    expect(await hasher.verify(await hasher.hash('unacceptable'), '')).toBe(false);
  });

  it('refuses stored values that are no argon2id hash, or an exhausting one', async () => {
    const hasher = createPasswordHasher({ cost: cheap });
    const argon2i = await hash('p', { ...cheap, algorithm: 1 });
    const stored = await hasher.hash('p');
    for (const bad of [
      '',
      'p',
      argon2i,
      stored.replace('m=8', 'm=4194304'),
      stored.slice(0, 30),
      `${stored}$x`,
    ]) {
      await expect(hasher.verify(bad, 'p')).rejects.toMatchObject({ reason: 'malformed' });
    }
  });

  it('ends in an answer or a CredentialError for any stored value', async () => {
    const hasher = createPasswordHasher({ cost: cheap });
    const stored = await hasher.hash('p');
    const damaged = fc.nat(stored.length - 1).map((at) => `${stored.slice(0, at)}!${stored.slice(at + 1)}`);
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), damaged), async (text) => {
        const result = await hasher.verify(text, 'p').catch((error: unknown) => error);
        expect(result === false || result instanceof CredentialError).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('refuses at once when too many wait', async () => {
    const hasher = createPasswordHasher({ cost: DEFAULT_PASSWORD_COST, concurrency: 1, queueLimit: 1 });
    const results = await Promise.allSettled(['a', 'b', 'c'].map((password) => hasher.hash(password)));
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(results[2]).toMatchObject({ reason: expect.any(QueueFullError) as unknown });
    expect(await hasher.hash('d')).toContain('$argon2id$');
  });
});

describe('createLimiter', () => {
  it('never runs more than allowed, in order, also after failures', async () => {
    const limit = createLimiter({ concurrency: 2, queueLimit: 100 });
    let running = 0;
    let most = 0;
    const started: number[] = [];
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        limit(async () => {
          started.push(index);
          running += 1;
          most = Math.max(most, running);
          await Promise.resolve();
          running -= 1;
          if (index % 3 === 0) throw new Error('failed');
          return index;
        }),
      ),
    );
    expect(most).toBe(2);
    expect(started).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(results.filter((result) => result.status === 'rejected')).toHaveLength(7);
  });

  it('lets no newcomer pass while a waiting task takes over its place', async () => {
    const limit = createLimiter({ concurrency: 1, queueLimit: 10 });
    let running = 0;
    let most = 0;
    const task = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
    };
    const first = limit(task);
    const second = limit(task);
    const third = first.then(() => Promise.all([limit(task), limit(task)]));
    await Promise.all([second, third]);
    expect(most).toBe(1);
  });

  it('frees its place when a task throws at once', async () => {
    const limit = createLimiter({ concurrency: 1, queueLimit: 0 });
    const broken = (): Promise<never> => {
      throw new Error('at once');
    };
    await expect(limit(broken)).rejects.toThrow('at once');
    await expect(limit(() => Promise.resolve(1))).resolves.toBe(1);
  });
});
