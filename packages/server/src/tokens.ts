import { createHmac } from 'node:crypto';
import { CredentialError, identifyToken, issueEasemobUserToken, verifyDynamicToken, verifyEasemobToken, verifyReadUserSig, verifyToken04, type CredentialReason } from '@magpie/credentials'; // prettier-ignore
import type { AppDirectory, Clock, DoorRow, Sealer, TokenClaims, TokenVerifier } from '@magpie/domain';
import { MagpieError, type ErrorCode } from '@magpie/protocol';

const CODES: Readonly<Record<CredentialReason, ErrorCode>> = {
  malformed: 'TOKEN_MALFORMED',
  versionUnsupported: 'TOKEN_MALFORMED',
  badSignature: 'TOKEN_INVALID',
  keyNotFound: 'TOKEN_INVALID',
  wrongKind: 'TOKEN_INVALID',
  notYetValid: 'TOKEN_INVALID',
  wrongApp: 'TOKEN_WRONG_APP',
  wrongUser: 'TOKEN_WRONG_USER',
  expired: 'TOKEN_EXPIRED',
};

export interface TokenDeps {
  readonly apps: AppDirectory;
  readonly sealer: Sealer;
  readonly clock: Clock;
  /** Key from which the app's own token keys are derived. */
  readonly masterKey: Uint8Array;
}

/** Proves tokens of any of the vendors' formats, and those this server issued. */
export function createTokenVerifier(given: TokenDeps): TokenVerifier {
  const { apps, clock } = given;
  const deps: TokenDeps = { ...given, sealer: openedOnce(given.sealer) };
  const issuing = (app: string) =>
    createHmac('sha256', deps.masterKey).update(`user tokens of ${app}`).digest('base64url');

  function prove(token: string, app: string | undefined): TokenClaims {
    const seen = identifyToken(token);
    const now = clock.now();
    switch (seen.format) {
      case 'userSig': {
        const door = doorFor(apps, 'tim', String(seen.sdkAppId), app);
        const claims = verifyReadUserSig(seen.read, {
          sdkAppId: Number(door.vendorId),
          secrets: secretsOf(deps, door),
          now,
        });
        return { ...claims, app: door.app, foldUserId: false };
      }
      case 'token04':
        return proveToken04(deps, token, app, now);
      case 'easemobDynamic': {
        const door = doorFor(apps, 'webim', seen.appKey, app);
        const clients = secretsOf(deps, door).map((clientSecret) => ({
          clientId: door.clientId ?? '',
          clientSecret,
        }));
        const claims = verifyDynamicToken(token, { appKey: seen.appKey, clients, now });
        return { ...claims, app: door.app, foldUserId: true };
      }
      case 'easemobIssued': {
        const found = apps.find(seen.appKey.includes('#') ? `webim:${seen.appKey}` : seen.appKey);
        if (!found || (app !== undefined && found.id !== app)) throw new MagpieError('TOKEN_WRONG_APP');
        const claims = verifyEasemobToken(token, {
          appKey: seen.appKey,
          kind: 'user',
          secrets: [issuing(found.id)],
          now,
        });
        return { app: found.id, userId: claims.subject, foldUserId: true, issuedAt: claims.issuedAt, expiresAt: claims.expiresAt ?? undefined }; // prettier-ignore
      }
      case 'unknown':
        throw new MagpieError('TOKEN_MALFORMED', { field: 'token' });
    }
  }

  return {
    verify: async (token, app) => {
      try {
        return prove(token, app);
      } catch (error) {
        throw error instanceof CredentialError
          ? new MagpieError(CODES[error.reason], { field: 'token' })
          : error;
      }
    },
    issue: (app, userId, life) => {
      const now = clock.now();
      const ttlSeconds = Math.max(1, Math.floor(life / 1000));
      return { token: issueEasemobUserToken({ appKey: app, secret: issuing(app), now, ttlSeconds, userId }), expiresAt: now + ttlSeconds * 1000 }; // prettier-ignore
    },
  };
}

/** Secrets of doors, opened when first needed: a sign-in should not pay for it. A door that changes has another sealed text. */
function openedOnce(sealer: Sealer): Sealer {
  const opened = new Map<string, string>();
  return {
    seal: (plain, context) => sealer.seal(plain, context),
    open: (sealed, context) => {
      const key = `${context} ${sealed}`;
      const known = opened.get(key);
      if (known !== undefined) return known;
      const plain = sealer.open(sealed, context);
      if (opened.size >= MAX_OPENED) opened.clear();
      opened.set(key, plain);
      return plain;
    },
  };
}

const MAX_OPENED = 1_000;

function doorFor(
  apps: AppDirectory,
  kind: DoorRow['kind'],
  vendorId: string,
  app: string | undefined,
): DoorRow {
  const door = apps.door(kind, vendorId);
  if (!door || (app !== undefined && door.app !== app))
    throw new MagpieError('TOKEN_WRONG_APP', { field: 'token' });
  return door;
}

/** The door's secret, and the one before a rotation while its grace lasts. */
export function secretsOf({ sealer, clock }: Pick<TokenDeps, 'sealer' | 'clock'>, door: DoorRow): string[] {
  const context = `${door.app}/${door.kind}:${door.vendorId}`;
  const old = door.sealedOldSecret !== null && door.oldUntil !== null && door.oldUntil > clock.now() ? [sealer.open(door.sealedOldSecret, context)] : []; // prettier-ignore
  return [sealer.open(door.sealedSecret, context), ...old];
}

/** A Token04 hides its app: the caller names it, and each of its ZIM doors is tried. */
function proveToken04(deps: TokenDeps, token: string, app: string | undefined, now: number): TokenClaims {
  if (app === undefined) throw new MagpieError('BAD_REQUEST', { field: 'app', message: 'Name the app: a Token04 does not say it.' }); // prettier-ignore
  const doors = deps.apps.doorsOf(app).filter((door) => door.kind === 'zim');
  let failure: unknown = new MagpieError('TOKEN_WRONG_APP', { field: 'token' });
  for (const door of doors) {
    try {
      const claims = verifyToken04(token, {
        appId: Number(door.vendorId),
        secrets: secretsOf(deps, door),
        now,
      });
      return { ...claims, app, foldUserId: false };
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
