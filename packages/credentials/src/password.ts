import { type ParsedHashOptions, hash, parseOptions, verify } from '@node-rs/argon2';
import { CredentialError } from './errors.ts';
import { createLimiter } from './limiter.ts';
import { type RandomBytes, systemRandom } from './random.ts';

/** Cost of one argon2id hash. */
export interface PasswordCost {
  /** KiB. */
  readonly memoryCost: number;
  readonly timeCost: number;
  readonly parallelism: number;
}

export interface PasswordHasherOptions {
  readonly cost?: PasswordCost;
  /** Hashes at once. libuv has four threads by default, and files and DNS need some of them. */
  readonly concurrency?: number;
  /** Callers waiting for their turn before `QueueFullError`. */
  readonly queueLimit?: number;
  readonly random?: RandomBytes;
}

/** Hashes and checks passwords off the main thread. Every call may reject with `QueueFullError`. */
export interface PasswordHasher {
  /** A PHC string to be stored. Refuses an empty or oversized password with `CredentialError` `malformed`. */
  hash(password: string): Promise<string>;
  /**
   * Whether the password fits. Without a stored hash (no such user, or one without a password) it answers
   * `false` after the same work, so that the time taken does not tell which users exist.
   */
  verify(stored: string | undefined, password: string): Promise<boolean>;
  /** Whether a stored hash was made at another cost and should be made anew at the next good login. */
  needsRehash(stored: string): boolean;
}

/** Longer ones only cost time: nobody types them. */
export const MAX_PASSWORD_BYTES = 1024;

/** The usual 19 MiB, with more passes than the usual two: 20 to 50 ms on one core. */
export const DEFAULT_PASSWORD_COST: PasswordCost = { memoryCost: 19_456, timeCost: 5, parallelism: 1 };

/** A stored hash that asks for more is not one of ours; running it could exhaust the machine. */
const MAX_COST: PasswordCost = { memoryCost: 262_144, timeCost: 16, parallelism: 8 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** Makes a hasher with its own queue; one per process is meant. */
export function createPasswordHasher(options: PasswordHasherOptions = {}): PasswordHasher {
  const { cost = DEFAULT_PASSWORD_COST, concurrency = 2, queueLimit = 64, random = systemRandom } = options;
  const run = createLimiter({ concurrency, queueLimit });
  const decoy = createDecoy(cost, random);

  return {
    async hash(password) {
      if (!isAcceptable(password)) throw new CredentialError('malformed', 'password is empty or too long');
      return run(() => hash(password, { ...cost, outputLen: HASH_BYTES }));
    },
    async verify(stored, password) {
      const acceptable = isAcceptable(password);
      const target = stored !== undefined && acceptable ? stored : undefined;
      if (target !== undefined) readHash(target);
      const fits = await run(() => verify(target ?? decoy, acceptable ? password : 'unacceptable'));
      return fits && target !== undefined;
    },
    needsRehash(stored) {
      const used = readHash(stored);
      return (
        used.memoryCost !== cost.memoryCost ||
        used.timeCost !== cost.timeCost ||
        used.parallelism !== cost.parallelism ||
        used.outputLen !== HASH_BYTES
      );
    },
  };
}

function isAcceptable(password: unknown): password is string {
  return (
    typeof password === 'string' && password.length > 0 && Buffer.byteLength(password) <= MAX_PASSWORD_BYTES
  );
}

/** A well-formed hash of nothing: checking against it costs what a real check costs, and never fits. */
function createDecoy(cost: PasswordCost, random: RandomBytes): string {
  const encode = (size: number): string => Buffer.from(random(size)).toString('base64').replaceAll('=', '');
  const parameters = `m=${cost.memoryCost},t=${cost.timeCost},p=${cost.parallelism}`;
  return `$argon2id$v=19$${parameters}$${encode(SALT_BYTES)}$${encode(HASH_BYTES)}`;
}

function readHash(stored: string): ParsedHashOptions {
  let used: ParsedHashOptions | undefined;
  try {
    used = stored.startsWith('$argon2id$v=19$') && stored.length < 512 ? parseOptions(stored) : undefined;
  } catch {
    used = undefined;
  }
  if (
    used === undefined ||
    used.memoryCost > MAX_COST.memoryCost ||
    used.timeCost > MAX_COST.timeCost ||
    used.parallelism > MAX_COST.parallelism
  ) {
    throw new CredentialError('malformed', 'stored password hash is not an argon2id hash within bounds');
  }
  return used;
}
