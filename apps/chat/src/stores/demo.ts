/** Users that demo mode has names for. */
export const DEMO_USERS = ['alice', 'bob', 'carol', 'dave'] as const;

/** A token of demo mode; undefined where the server is not in it, or not for this caller. */
export async function demoToken(user: string): Promise<string | undefined> {
  const response = await fetch(`/demo/credentials?user=${encodeURIComponent(user)}`, { cache: 'no-store' });
  if (!response.ok) return undefined;
  const answer: unknown = await response.json().catch(() => undefined);
  const token =
    typeof answer === 'object' && answer !== null && 'userSig' in answer ? answer.userSig : undefined;
  return typeof token === 'string' ? token : undefined;
}
