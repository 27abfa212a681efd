import { validateHeaderName, validateHeaderValue } from 'node:http';
import { isIP } from 'node:net';
import { OutboundError, type OutboundRequest } from '@magpie/domain';

/** Where a request goes, by its URL alone. */
export interface Target {
  readonly secure: boolean;
  /** Without the brackets of IPv6. */
  readonly hostname: string;
  /** The hostname is an address. */
  readonly literal: boolean;
  readonly port: number;
  /** Host and port, as in the URL. */
  readonly host: string;
  readonly path: string;
}

/** What is said there. */
export interface Message {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

const MAX_URL = 2048;
const MAX_BODY = 1024 * 1024;
const MAX_HEADERS = 16 * 1024;

/** Ports of services that take an HTTP request for their own words: the "bad ports" of the Fetch standard. */
const BAD_PORTS = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
  109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515,
  526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049,
  3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);

/** Headers that are the connection's business. */
const OWN_HEADERS = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const refuse = (message: string): OutboundError => new OutboundError('url', message);

/** The form of the URL; the parser has already turned decimal, octal and hexadecimal hosts into addresses. */
export function parseTarget(text: string): Target {
  if (text.length > MAX_URL) throw refuse(`The URL is longer than ${MAX_URL} characters.`);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url) throw refuse('This is not a URL.');
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw refuse('The URL must start with http:// or https://.');
  if (url.username !== '' || url.password !== '')
    throw refuse('The URL must not hold a user name or password.');
  const secure = url.protocol === 'https:';
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  if (BAD_PORTS.has(port)) throw refuse(`Port ${port} belongs to a service that does not speak HTTP.`);
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  return {
    secure,
    hostname,
    literal: isIP(hostname) !== 0,
    port,
    host: url.host,
    path: url.pathname + url.search,
  };
}

/** Checks what is to be said, before anything is looked up or connected. */
export function composeMessage({ method = 'GET', headers = {}, body }: OutboundRequest): Message {
  if (!['GET', 'POST', 'PUT'].includes(method))
    throw new OutboundError('protocol', 'The method must be GET, POST or PUT.');
  if (method === 'GET' && body !== undefined)
    throw new OutboundError('protocol', 'A GET request carries no body.');
  const bytes = method === 'GET' ? undefined : Buffer.from(body ?? '', 'utf8');
  if (bytes && bytes.length > MAX_BODY)
    throw new OutboundError('size', `The request is longer than ${MAX_BODY} bytes.`);
  return {
    method,
    body: bytes,
    headers: {
      'user-agent': 'Magpie',
      ...checkHeaders(headers),
      // Nothing is unpacked here, so that a small answer cannot become a large one.
      'accept-encoding': 'identity',
      ...(bytes && { 'content-length': String(bytes.length) }),
    },
  };
}

function checkHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const checked: Record<string, string> = {};
  let size = 0;
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (OWN_HEADERS.has(lower) || !isHeader(name, value))
      throw new OutboundError('protocol', `The header ${JSON.stringify(name.slice(0, 64))} can't be sent.`);
    size += name.length + value.length;
    checked[lower] = value;
  }
  if (size > MAX_HEADERS)
    throw new OutboundError('size', `The headers are longer than ${MAX_HEADERS} characters.`);
  return checked;
}

function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}
