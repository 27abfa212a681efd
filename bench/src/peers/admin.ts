import { ADMIN_TOKEN, APP, DOOR } from './door.ts';

/** Lifted for measurements: rates of users and groups, which are not what is measured. */
const LIFTED = { 'limits.rate.user': 0, 'limits.rate.group': 0, 'limits.rate.requests': 0 };

/** The app that is measured. */
export async function createApp(
  url: string,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const doors = [{ kind: 'tim', ...DOOR }];
  await callAsAdmin(url, 'app.create', {
    id: APP,
    name: 'Bench',
    doors,
    settings: { ...LIFTED, ...settings },
  });
}

/** An operation as the operator, for a user if one is named. */
export async function callAsAdmin(
  url: string,
  operation: string,
  input: unknown,
  user?: string,
): Promise<unknown> {
  const response = await fetch(`${url}/v1/${operation}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${ADMIN_TOKEN}`,
      'magpie-app': APP,
      ...(user === undefined ? {} : { 'magpie-user': user }),
    },
    body: JSON.stringify(input),
  });
  const body = (await response.json()) as { error?: { message: string } };
  if (body.error) throw new Error(`${operation}: ${body.error.message}`);
  return body;
}
