/** The type namespace applications import beside the default export. */
export type { Connection } from './connection.ts';
export type { ChatType } from './constants.ts';
export type { EventHandlers as EventHandlerType, ListenParameters } from './emitter.ts';
export type { ErrorEvent } from './errors.ts';
export type { Logger } from './logger.ts';
export type { ConnectionParameters } from './options.ts';
export type { AudioMsgBody, ChannelMsgBody, CmdMsgBody, CreateMsgOptions as CreateMsgType, ContentBody as ExcludeAckMessageBody, CustomMsgBody, DeliveryMsgBody, FileMsgBody, FileObj, ImgMsgBody, LocationMsgBody, MessageBody, MessagePriority, MessageType, ReadMsgBody, RecallMsgBody, ReceivedMsgBody, SendMsgResult, TextMsgBody, UploadFileResult, VideoMsgBody } from './types/message.ts'; // prettier-ignore
export type { AsyncResult, BaseUserInfo, ConversationItem, GroupDetailInfo, GroupEventBody as GroupEvent, GroupInfo, GroupMember as FetchedGroupMember, HistoryMessages, LoginResult, MultiDeviceEvent, NewTokenResult, PresenceMsg, ServerConversations, UserInfo as UpdateOwnUserInfoParams } from './types/results.ts'; // prettier-ignore
