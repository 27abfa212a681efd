/** Where NATS is and who we are there, taken apart from `MAGPIE_BUS`. */
export interface NatsAddress {
  /** `host:port` of each server. */
  readonly servers: readonly string[];
  readonly tls: boolean;
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
  /** What may be printed: the servers without credentials. */
  readonly shown: string;
}

/** The address can't be used, or nobody answers there. The message names MAGPIE_BUS, says what to do, and holds no credentials. */
export class NatsBusError extends Error {
  override readonly name = 'NatsBusError';
}

const SCHEMES: Readonly<Record<string, boolean>> = { 'nats:': false, 'tls:': true, 'nats+tls:': true };

/** `nats://user:password@host:4222,nats://other:4222`: the scheme and credentials of the first hold for all. */
export function parseAddress(text: string): NatsAddress {
  const parts = text.split(',').map((part) => part.trim());
  const first = parseServer(parts[0] ?? '', '');
  const others = parts.slice(1).map((part) => parseServer(part, `${first.protocol}//`));
  for (const { protocol, username, password } of others) {
    if (SCHEMES[protocol] !== SCHEMES[first.protocol])
      throw new NatsBusError('MAGPIE_BUS: either all servers are spoken to over TLS or none is.');
    if (username !== '' && (username !== first.username || password !== first.password))
      throw new NatsBusError('MAGPIE_BUS: all servers take the same credentials; put them before the first.');
  }
  const servers = [first, ...others].map(({ hostname, port }) => `${hostname}:${port || '4222'}`);
  return {
    servers,
    tls: SCHEMES[first.protocol] === true,
    ...credentials(first),
    shown: servers.map((server) => `${first.protocol}//${server}`).join(','),
  };
}

function parseServer(part: string, scheme: string): URL {
  const text = part.includes('://') ? part : `${scheme}${part}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // What is wrong is not shown: it may hold a password.
  const usable = url !== undefined && url.protocol in SCHEMES && url.hostname !== '' && /^\/?$/.test(url.pathname + url.search + url.hash); // prettier-ignore
  if (!usable)
    throw new NatsBusError('MAGPIE_BUS must be local, nats://host:port or tls://host:port; several servers are separated by commas, credentials are user:password@ or token@ before the first host (special characters as %40).'); // prettier-ignore
  return url;
}

function credentials({ username, password }: URL): Pick<NatsAddress, 'user' | 'pass' | 'token'> {
  if (username === '') return {};
  try {
    const name = decodeURIComponent(username);
    return password === '' ? { token: name } : { user: name, pass: decodeURIComponent(password) };
  } catch {
    throw new NatsBusError('MAGPIE_BUS: a % in the credentials must be written as %25.');
  }
}
