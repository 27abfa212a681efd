/**
 * An address that may stand in `src` of a picture or player: our own server's, `https:`, or a file of this page (`blob:`).
 * Anything else, `javascript:` and `data:` among it, is no address.
 */
export function safeMediaUrl(url: string, server: string): string | undefined {
  const parsed = parse(url, server);
  if (!parsed) return undefined;
  if (parsed.protocol === 'https:' || parsed.protocol === 'blob:') return parsed.href;
  return parsed.protocol === 'http:' && parsed.origin === parse(server, server)?.origin
    ? parsed.href
    : undefined;
}

/** An address that may stand in `href`. */
export function safeLink(url: string): string | undefined {
  const parsed = parse(url, undefined);
  return parsed && (parsed.protocol === 'https:' || parsed.protocol === 'http:') ? parsed.href : undefined;
}

function parse(url: string, base: string | undefined): URL | undefined {
  if (url === '') return undefined;
  try {
    return new URL(url, base);
  } catch {
    return undefined;
  }
}
