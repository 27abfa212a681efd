/** What an error of PostgreSQL or of the way to it means for a batch. */

const codeOf = (error: unknown): string => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
};

/** Deadlock, serialisation failure, lock not available: the same batch may succeed at once. */
export function isRetryable(error: unknown): boolean {
  return /^(40P01|40001|55P03)$/.test(codeOf(error));
}

/** Somebody sent a name again. Names are looked up only after this: retries are rare, sends are not. */
export function isKnownName(error: unknown): boolean {
  return codeOf(error) === '23505' && (error as { constraint?: unknown }).constraint === 'messages_name';
}

/** Connection errors (08), not enough resources (53), shutting down or starting (57P), I/O (58), read-only (25006), stood still in a transaction (25P03). */
const AWAY = /^(08...|53...|57P..|58...|25006|25P03|E[A-Z]{3,})$/;

export function isUnavailable(error: unknown): boolean {
  if (AWAY.test(codeOf(error))) return true;
  return (
    error instanceof Error &&
    /terminat|not queryable|connection (was )?closed|timeout/i.test(error.message) &&
    codeOf(error) === ''
  );
}
