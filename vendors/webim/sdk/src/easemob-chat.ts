import type { EventHandlers } from './emitter.ts';
import type { ContentBody, CreateMsgOptions } from './types/message.ts';
import type { GroupEventBody, GroupMember, UserInfo } from './types/results.ts';

/** The type namespace applications import beside the default export: our types under the vendor's names. */
export type EventHandlerType = EventHandlers;
export type CreateMsgType = CreateMsgOptions;
export type ExcludeAckMessageBody = ContentBody;
export type MessagesType = ContentBody;
export type GroupEvent = GroupEventBody;
export type FetchedGroupMember = GroupMember;
export type UpdateOwnUserInfoParams = UserInfo;

export type { Connection } from './connection.ts';
export type { ChatType } from './constants.ts';
export type { ListenParameters } from './emitter.ts';
export type { ErrorEvent } from './errors.ts';
export type { Logger } from './logger.ts';
export type { ConnectionParameters } from './options.ts';
export type { AudioMsgBody, ChannelMsgBody, CmdMsgBody, CustomMsgBody, DeliveryMsgBody, FileMsgBody, FileObj, ImgMsgBody, LocationMsgBody, MessageBody, MessagePriority, MessageType, ReadMsgBody, RecallMsgBody, ReceivedMsgBody, SendMsgResult, TextMsgBody, UploadFileResult, VideoMsgBody } from './types/message.ts'; // prettier-ignore
export type { AsyncResult, BaseUserInfo, ConversationItem, GroupDetailInfo, GroupInfo, HistoryMessages, LoginResult, MultiDeviceEvent, NewTokenResult, PresenceMsg, ServerConversations } from './types/results.ts'; // prettier-ignore
