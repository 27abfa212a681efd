let configured: string | undefined;

/** Says once for all clients of this page or process where the server is. An option given to a client wins. */
export function configure(settings: { readonly server: string | undefined }): void {
  configured = settings.server;
}

/** `http(s)://host[:port][/path]`, without a trailing slash. `ws(s)://` and bare hosts are understood. */
export function normalizeServer(address: string): string {
  const text = address.trim().replace(/\/+$/, '');
  if (/^wss?:\/\//i.test(text)) return `http${text.slice(2)}`;
  if (/^https?:\/\//i.test(text)) return text;
  if (text.startsWith('//')) return `https:${text}`;
  return `https://${text}`;
}

/** The order of DESIGN §8: option, `configure`, `globalThis.MAGPIE_SERVER`, the page's origin. */
export function resolveServer(option: string | undefined, pageOrigin: string | undefined): string {
  const global = (globalThis as { MAGPIE_SERVER?: unknown }).MAGPIE_SERVER;
  const named = option ?? configured ?? (typeof global === 'string' ? global : undefined) ?? pageOrigin;
  if (!named)
    throw new TypeError(
      'Magpie needs to know its server: pass `server`, or call configure({ server }) first.',
    );
  return normalizeServer(named);
}

/** Address of the WebSocket of a server. */
export function socketUrl(server: string): string {
  return `ws${server.slice(4)}/ws`;
}
