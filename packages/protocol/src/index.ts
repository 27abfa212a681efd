export {
  CLOSE,
  KICK_CLOSE,
  kickReasonOf,
  mayReconnect,
  type CloseName,
  type KickReason,
} from './close-codes.ts';
export { blobsOf, entryClassOf, type Blob, type Content, type ContentOf, type ContentType, type EntryClass, type SendableContent } from './content.ts'; // prettier-ignore
export { type AuditEntry } from './audit.ts';
export { type App, type Door, type DoorInput, type DoorKind } from './app.ts';
export { type Conversation, type Notify } from './conversation.ts';
export { decodeJson, type DecodeBounds } from './decode.ts';
export {
  type AnySchema,
  type Caller,
  type EventDefinition,
  type OperationDefinition,
  type Stream,
} from './define.ts';
export { joinFrame, PROTOCOL_VERSION, type ClientFrame, type EventEnvelope, type HelloEnvelope, type ReplyEnvelope, type RequestEnvelope, type ServerFrame } from './envelope.ts'; // prettier-ignore
export { COMMON_ERRORS, ERRORS, MagpieError, type ErrorCode, type ErrorRow, type ErrorShape, type MagpieErrorOptions } from './errors.ts'; // prettier-ignore
export { type FileUse, type StoredFile } from './file.ts';
export { type Group, type GroupChange, type GroupKind, type GroupSummary, type JoinRule, type Member, type Role } from './group.ts'; // prettier-ignore
export { bareId, directKey, directPair, filePath, keyOf, kindOf, messageId, parseMessageId, refOf, unstoredMessageId, type ConversationKind } from './ids.ts'; // prettier-ignore
export { LIMITS, type AppLimit } from './limits.ts';
export { isHole, type Entry, type Hole, type Message, type MessagePage, type Priority, type SendInput, type SendOutput } from './message.ts'; // prettier-ignore
export { ALL_EVENTS, ALL_OPERATIONS, EVENTS, HOOK_EVENTS, HOOKABLE, OPERATIONS, type EventName, type EventOf, type EventPayload, type Input, type Operation, type OperationName, type Output } from './operations.ts'; // prettier-ignore
export { type Presence, type PresenceState } from './presence.ts';
export { type ReceiptCount } from './receipt.ts';
export { type Room, type RoomChange, type RoomKind } from './room.ts';
export { type People, type Person } from './schema.ts';
export { type ClientSettings, type Platform, type Position, type SessionOpenOutput } from './session.ts';
export { effectiveSettings, SETTINGS, settingSchema, type SettingName, type Settings } from './settings.ts';
export { type SyncPage } from './sync.ts';
export { type Profile } from './user.ts';
export { type Webhook } from './webhook.ts';
export { type WordAction } from './word.ts';
