import { pino, type DestinationStream, type Logger } from 'pino';
import type { ServerConfig } from './config.ts';

type LogConfig = Pick<ServerConfig, 'logLevel' | 'adminToken' | 'masterKey' | 'store' | 'bus'>;

const HIDDEN = '***';
/** Errors that hold errors that hold errors. */
const MAX_CAUSES = 5;

/**
 * One JSON object per line. No caller hands it a secret; what libraries put into the texts of their errors goes through a last
 * sieve: addresses with passwords, bearer tokens, and the secrets this process was started with.
 */
export function createLog(config: LogConfig, destination?: DestinationStream): Logger {
  const sieve = createSieve(secretsIn(config));
  return pino(
    {
      level: config.logLevel,
      base: { pid: process.pid },
      serializers: { err: errorShape },
      hooks: { streamWrite: sieve },
    },
    destination ?? pino.destination(1),
  );
}

/** Of an error only what names it: drivers hang whole rows, parameters and configurations on theirs. */
export function errorShape(thrown: unknown, depth = 0): unknown {
  if (!(thrown instanceof Error)) return { message: String(thrown) };
  const code = 'code' in thrown && (typeof thrown.code === 'string' || typeof thrown.code === 'number') ? { code: thrown.code } : {}; // prettier-ignore
  const cause = thrown.cause !== undefined && depth < MAX_CAUSES ? { cause: errorShape(thrown.cause, depth + 1) } : {}; // prettier-ignore
  return { type: thrown.name, message: thrown.message, stack: thrown.stack, ...code, ...cause };
}

/** Texts as they stand in JSON. */
export function createSieve(secrets: readonly string[]): (line: string) => string {
  const known = secrets.filter((secret) => secret.length >= 6).flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]); // prettier-ignore
  return (line) => {
    let out = line
      .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:@/"\\]*):[^\s@/"\\]+@/gi, `$1:${HIDDEN}@`)
      .replace(/\b(bearer)\s+[^\s"\\,]+/gi, `$1 ${HIDDEN}`);
    for (const secret of known) if (out.includes(secret)) out = out.replaceAll(secret, HIDDEN);
    return out;
  };
}

function secretsIn({ adminToken, masterKey, store, bus }: LogConfig): string[] {
  const passwords = [store, bus].flatMap((address) => {
    const password = /^[a-z]+:\/\/[^:@/]*:([^@/]+)@/i.exec(address)?.[1];
    if (password === undefined) return [];
    return [password, decoded(password)];
  });
  return [adminToken, masterKey, ...passwords].filter((secret) => secret !== undefined);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
