import type { Login } from './tim-core.ts';

/** Asks the app's own back end for a UserSig. Here: the demo endpoint of the server, by way of the page's own address. */
export async function fetchLogin(userID: string, origin = ''): Promise<Login> {
  const response = await fetch(`${origin}/demo/credentials?user=${encodeURIComponent(userID)}`);
  if (!response.ok) throw new Error(`no UserSig for ${userID}: ${response.status}`);
  const { userSig } = (await response.json()) as { userSig: string };
  return { userID, userSig };
}
