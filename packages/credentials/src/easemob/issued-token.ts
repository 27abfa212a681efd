import { createHmac, hkdfSync } from 'node:crypto';
import { type VerifyOptions, requireCurrent, requireId, usableSecrets, wholeNumber } from '../checks.ts';
import { boundedToken, decodeCanonical, parseJsonObject, sameBytes } from '../encoding.ts';
import { CredentialError } from '../errors.ts';
import { type RandomBytes, systemRandom } from '../random.ts';
import { requireFoldedUser } from './fold.ts';

/** An app token opens the REST API, a user token a session. */
export type EasemobTokenKind = 'app' | 'user';

/** What a token issued at `/{org}/{app}/token` says. Times are milliseconds UTC. */
export interface EasemobTokenClaims {
  readonly kind: EasemobTokenKind;
  readonly appKey: string;
  /** The client id of an app token, the user id of a user token. */
  readonly subject: string;
  readonly issuedAt: number;
  /** `null`: never. */
  readonly expiresAt: number | null;
  readonly tokenId: string;
}

export interface IssueEasemobTokenInput {
  /** `org#app`. */
  readonly appKey: string;
  /** Any per-app secret of the server's; the signing key is derived from it. */
  readonly secret: string;
  /** Milliseconds UTC. */
  readonly now: number;
  /** 0: never expires, as in the vendor's REST API. */
  readonly ttlSeconds: number;
  readonly random?: RandomBytes;
}

export interface VerifyEasemobTokenOptions extends VerifyOptions {
  readonly appKey: string;
  /** When given, a token of the other kind is refused with `wrongKind`. */
  readonly kind?: EasemobTokenKind;
}

interface Envelope {
  readonly claims: EasemobTokenClaims;
  readonly signed: string;
  readonly signature: Uint8Array;
}

/** `mt1.<claims>.<signature>`, both base64url: the vendor calls these tokens opaque, so the form is ours. */
const PREFIX = 'mt1';
const MAX_MILLISECONDS = 1e14;

/** Makes an app token: the answer to `grant_type: client_credentials`. */
export function issueEasemobAppToken(input: IssueEasemobTokenInput & { readonly clientId: string }): string {
  return issue('app', input.clientId, input);
}

/** Makes a user token: the answer to `grant_type: inherit` and `password`. */
export function issueEasemobUserToken(input: IssueEasemobTokenInput & { readonly userId: string }): string {
  return issue('user', input.userId, input);
}

/** Checks a token made by one of the two functions above. Throws `CredentialError`. */
export function verifyEasemobToken(token: string, options: VerifyEasemobTokenOptions): EasemobTokenClaims {
  const { claims, signed, signature } = readEasemobToken(token);
  if (claims.appKey !== options.appKey) throw new CredentialError('wrongApp', 'token is for another app key');
  if (!usableSecrets(options.secrets).some((secret) => sameBytes(sign(secret, signed), signature))) {
    throw new CredentialError('badSignature', 'token is not signed with this secret');
  }
  if (options.kind !== undefined && claims.kind !== options.kind) {
    throw new CredentialError('wrongKind', `a token of kind ${claims.kind} does not serve here`);
  }
  requireFoldedUser(claims.subject, options.userId);
  requireCurrent(claims, options);
  return claims;
}

/** Reads the claims without checking the signature. */
export function readEasemobToken(token: string): Envelope {
  const [prefix = '', body = '', signature = '', ...rest] = boundedToken(token).split('.', 4);
  if (!/^mt\d+$/.test(prefix) || rest.length > 0)
    throw new CredentialError('malformed', 'not a token of ours');
  if (prefix !== PREFIX) throw new CredentialError('versionUnsupported', 'token is of another version');
  const object = parseJsonObject(decodeCanonical(body, 'base64url'));
  const kind = object['k'];
  if (kind !== 'app' && kind !== 'user') throw new CredentialError('malformed', 'token has no known kind');
  const expiresAt = object['e'] === null ? null : wholeNumber(object['e'], 'e', MAX_MILLISECONDS);
  return {
    claims: {
      kind,
      appKey: requireId(object['a'], 'a'),
      subject: requireId(object['s'], 's'),
      issuedAt: wholeNumber(object['i'], 'i', MAX_MILLISECONDS),
      expiresAt,
      tokenId: requireId(object['n'], 'n'),
    },
    signed: `${prefix}.${body}`,
    signature: decodeCanonical(signature, 'base64url'),
  };
}

function issue(kind: EasemobTokenKind, subject: string, input: IssueEasemobTokenInput): string {
  const { random = systemRandom } = input;
  const [secret = ''] = usableSecrets([input.secret]);
  const issuedAt = wholeNumber(input.now, 'now', MAX_MILLISECONDS);
  const ttl = wholeNumber(input.ttlSeconds, 'ttlSeconds');
  const claims = {
    k: kind,
    a: requireId(input.appKey, 'appKey'),
    s: requireId(subject, 'subject'),
    i: issuedAt,
    e: ttl === 0 ? null : wholeNumber(issuedAt + ttl * 1000, 'expiry', MAX_MILLISECONDS),
    n: Buffer.from(random(12)).toString('base64url'),
  };
  const signed = `${PREFIX}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  return `${signed}.${sign(secret, signed).toString('base64url')}`;
}

/** The secret may also serve other purposes, so tokens are signed with a key of their own. */
function sign(secret: string, text: string): Buffer {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'magpie easemob token 1', 32));
  return createHmac('sha256', key).update(text).digest();
}
