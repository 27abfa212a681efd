import { decodeJson, LIMITS, MagpieError, type RequestEnvelope } from '@magpie/protocol';

type Frame = { readonly ping: number } | { readonly q: readonly RequestEnvelope[] };

/** Throws what the peer did wrong. */
export function readFrame(text: string): Frame {
  const frame = decodeJson(text);
  if (!isRecord(frame)) throw new MagpieError('FRAME_UNREADABLE');
  const keys = Object.keys(frame);
  if (keys.length === 1 && Number.isSafeInteger(frame['ping'])) return { ping: frame['ping'] as number };
  const requests = frame['q'];
  if (
    keys.length !== 1 ||
    !Array.isArray(requests) ||
    requests.length === 0 ||
    requests.length > LIMITS.frame.maxRequests
  ) {
    throw new MagpieError('FRAME_UNREADABLE');
  }
  for (const request of requests as unknown[]) {
    const fits =
      isRecord(request) && Number.isSafeInteger(request['id']) && typeof request['op'] === 'string';
    if (!fits || Object.keys(request).some((key) => key !== 'id' && key !== 'op' && key !== 'in')) throw new MagpieError('FRAME_UNREADABLE'); // prettier-ignore
  }
  return { q: requests as RequestEnvelope[] };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
