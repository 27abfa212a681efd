import type { Outbound, OutboundAnswer } from '../ports/outbound.ts';
import type { Clock, Hmac } from '../ports/platform.ts';
import type { Hook } from './hooks.ts';

/** Bytes of an answer that are read; a longer one is a failure. */
const MAX_ANSWER = 256 * 1024;

interface PostDeps {
  readonly outbound: Outbound;
  readonly hmac: Hmac;
  readonly clock: Clock;
}

/** One signed request to an app's back end (see protocol/src/webhook.ts). Rejects with `OutboundError` when there is no answer. */
export async function post(
  { outbound, hmac, clock }: PostDeps,
  hook: Hook,
  id: string,
  body: string,
  timeout: number,
): Promise<OutboundAnswer> {
  const at = clock.now();
  return await outbound.request({
    url: hook.url,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'magpie-event-id': id,
      'magpie-signature': `t=${at},v1=${hmac(hook.secret(), `${at}.${body}`)}`,
    },
    body,
    timeout,
    maxBytes: MAX_ANSWER,
  });
}

/** For operators: why a request failed. */
export function troubleOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 300);
}
