import { readDynamicToken } from './easemob/dynamic-token.ts';
import { type EasemobTokenKind, readEasemobToken } from './easemob/issued-token.ts';
import { MAX_TOKEN_CHARS } from './encoding.ts';
import { readToken04 } from './token04.ts';
import { readUserSig, type ReadUserSig } from './user-sig.ts';

/**
 * What a token claims to be. Nothing in it is verified: use it to find the door and its secrets, then verify.
 * A Token04 keeps its app and user encrypted, so the caller has to know the door from elsewhere.
 */
export type IdentifiedToken =
  | {
      readonly format: 'userSig';
      readonly sdkAppId: number;
      readonly userId: string;
      readonly read: ReadUserSig;
    }
  | { readonly format: 'token04' }
  | { readonly format: 'easemobDynamic'; readonly appKey: string; readonly userId: string }
  | {
      readonly format: 'easemobIssued';
      readonly kind: EasemobTokenKind;
      readonly appKey: string;
      readonly subject: string;
    }
  | { readonly format: 'unknown' };

/** base64url of `dt-`. */
const DYNAMIC_START = 'ZHQt';

/** Says which of the formats a string is. Never throws; what is damaged or oversized is `unknown`. */
export function identifyToken(token: unknown): IdentifiedToken {
  if (typeof token !== 'string' || token.length > MAX_TOKEN_CHARS) return { format: 'unknown' };
  try {
    return read(token);
  } catch {
    return { format: 'unknown' };
  }
}

/** The beginnings exclude each other: a zlib stream begins with neither `0` nor `Z`, and only ours has dots. */
function read(token: string): IdentifiedToken {
  if (token.startsWith('04')) {
    readToken04(token);
    return { format: 'token04' };
  }
  if (token.startsWith(DYNAMIC_START)) {
    const { appKey, userId } = readDynamicToken(token).document;
    return { format: 'easemobDynamic', appKey, userId };
  }
  if (token.includes('.')) {
    const { kind, appKey, subject } = readEasemobToken(token).claims;
    return { format: 'easemobIssued', kind, appKey, subject };
  }
  const sig = readUserSig(token);
  const { sdkAppId, userId } = sig.document;
  return { format: 'userSig', sdkAppId, userId, read: sig };
}
