export { CREDENTIAL_REASONS, CredentialError, type CredentialReason } from './errors.ts';
export { DEFAULT_SKEW_MS, type VerifyOptions } from './checks.ts';
export { MAX_TOKEN_CHARS } from './encoding.ts';

export {
  type SignUserSigInput,
  type UserSigClaims,
  type VerifyUserSigOptions,
  signUserSig,
  verifyReadUserSig,
  verifyUserSig,
} from './user-sig.ts';
export {
  ROOM_PRIVILEGE,
  type RoomId,
  type RoomRights,
  type SignPrivateMapKeyInput,
  decodeRoomRights,
  encodeRoomRights,
  signPrivateMapKey,
  verifyPrivateMapKey,
} from './private-map-key.ts';

export {
  type SignToken04Input,
  type Token04Claims,
  type Token04Layout,
  type VerifyToken04Options,
  signToken04,
  verifyToken04,
} from './token04.ts';

export {
  type DynamicTokenClaims,
  type EasemobClient,
  MAX_DYNAMIC_TTL_SECONDS,
  type SignDynamicTokenInput,
  type VerifyDynamicTokenOptions,
  signDynamicToken,
  verifyDynamicToken,
} from './easemob/dynamic-token.ts';
export {
  type EasemobTokenClaims,
  type EasemobTokenKind,
  type IssueEasemobTokenInput,
  type VerifyEasemobTokenOptions,
  issueEasemobAppToken,
  issueEasemobUserToken,
  verifyEasemobToken,
} from './easemob/issued-token.ts';

export { type IdentifiedToken, identifyToken } from './identify.ts';

export { QueueFullError } from './limiter.ts';
export {
  DEFAULT_PASSWORD_COST,
  MAX_PASSWORD_BYTES,
  type PasswordCost,
  type PasswordHasher,
  type PasswordHasherOptions,
  createPasswordHasher,
} from './password.ts';

export { MASTER_KEY_BYTES, type SealPlace, type Sealer, createSealer } from './seal.ts';
export { MasterKeyError, loadOrCreateMasterKey, parseMasterKey } from './master-key.ts';
export {
  type RandomBytes,
  createClientCredentials,
  createServerSecret,
  createUserSigSecret,
  systemRandom,
} from './random.ts';
