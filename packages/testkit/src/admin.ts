/** Who an operation is called as: an app, and a user of it. */
export interface AdminAs {
  readonly app?: string;
  readonly user?: string;
}

/** Calls an operation as the operator, over REST; throws what it was refused with. */
export async function callAsAdmin(url: string, token: string, operation: string, input: unknown = {}, as: AdminAs = {}): Promise<unknown> {
  const response = await fetch(`${url}/v1/${operation}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'magpie-app': as.app ?? 'demo',
      ...(as.user === undefined ? {} : { 'magpie-user': as.user }),
    },
    body: JSON.stringify(input),
  });
  const body = (await response.json()) as { error?: { code: string; message: string } };
  if (!response.ok)
    throw Object.assign(new Error(`${operation}: ${body.error?.code} ${body.error?.message}`), body.error);
  return body;
} // prettier-ignore
