/** Asks the app's own back end for a token of this user. The secret that signs tokens never leaves it. */
export async function fetchToken(tokenUrl: string, userID: string): Promise<string> {
  const response = await fetch(`${tokenUrl}?user=${encodeURIComponent(userID)}`);
  if (!response.ok) throw new Error(`no token for ${userID}: ${response.status} ${await response.text()}`);
  const { zimToken } = (await response.json()) as { zimToken: string };
  return zimToken;
}
