export type { Bus } from './ports/bus.ts';
export type { Clock, FileProcessor, FileSigner, Hmac, InspectedFile, Passwords, Random, Report, Scheduler, Sealer, TokenClaims, TokenVerifier } from './ports/platform.ts'; // prettier-ignore
export { OutboundError, type Outbound, type OutboundAnswer, type OutboundErrorKind, type OutboundRequest } from './ports/outbound.ts'; // prettier-ignore
export type * from './ports/rows.ts';
export type { AgedRow, AuditRow, ErasureRow } from './ports/rows-upkeep.ts';
export type { UpkeepReads } from './ports/store-upkeep.ts';
export type { NodeProbe, NodeReading } from './ports/node.ts';
export { StoreConflict } from './ports/store.ts';
export type {
  AppReads,
  ConflictCode,
  ConversationForUser,
  ConversationReads,
  FileReads,
  GroupReads,
  PresenceReads,
  RoomReads,
  TimerReads,
  WebhookReads,
  WordReads,
  MessageReads,
  PageQuery,
  ReceiptReads,
  Store,
  UserReads,
} from './ports/store.ts';
export type { AppendResult, ParticipantSet, ResultOf, SeqValue, WriteOp, WriteResults } from './ports/writes.ts'; // prettier-ignore
export { messageJson } from './message-json.ts';
export { RawJson, type AppContext, type Ctx } from './core/context.ts';
export { checkInput } from './core/check-input.ts';
export { createLocalBus } from './core/local-bus.ts';
export { createDomain, type Domain } from './domain.ts';
export type { Ports } from './deps.ts';
export { AppDirectory } from './app/directory.ts';
export { Timers, type TimerHandler, type TimerOutcome, type TimersOptions } from './timer/timers.ts';
export { storedFile } from './file/handlers.ts';
export type { Identity } from './session/handlers.ts';
export type { Session, SessionPeer } from './session/registry.ts';
