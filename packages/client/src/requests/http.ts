import { MagpieError, type ErrorShape, type Input, type OperationName, type Output } from '@magpie/protocol';
import type { Resolved } from '../core/options.ts';

/** Calls an operation over HTTP, before there is a session. */
export async function httpCall<N extends OperationName>(
  options: Resolved,
  op: N,
  input: Input<N>,
): Promise<Output<N>> {
  const response = await options.platform.http({
    url: `${options.server}/v1/${op}`,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(options.app === undefined ? {} : { 'magpie-app': options.app }),
    },
    body: JSON.stringify(input),
    timeout: options.requestTimeout,
  });
  const body = parse(response.body);
  if (response.status >= 200 && response.status < 300 && body !== undefined) return body as Output<N>;
  const shape = (body as { error?: ErrorShape } | undefined)?.error;
  if (shape?.code !== undefined) throw MagpieError.fromShape(shape);
  // A proxy or another server answered.
  throw new MagpieError('OFFLINE', { detail: { status: response.status } });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
