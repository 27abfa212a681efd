import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, it } from 'vitest';

/**
 * The facade against the vendor's published typings. Compiled here with a page's library, as an application would be; the typings
 * are read from the installed package and never copied.
 */
const root = fileURLToPath(new URL('../../..', import.meta.url));
const file = `${root}tests/compat/stories/webim-published-types.ts`;

const options: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  customConditions: ['@magpie/source'],
  allowImportingTsExtensions: true,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  types: [],
};

function complaints(source: string): string[] {
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, language) =>
    name === file ? ts.createSourceFile(name, source, language) : read(name, language);
  const exists = host.fileExists.bind(host);
  host.fileExists = (name) => name === file || exists(name);
  const program = ts.createProgram([file], options, host);
  return program
    .getSemanticDiagnostics(program.getSourceFile(file))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

const imports = `
import type vendor from 'easemob-websdk';
import type { EasemobChat } from 'easemob-websdk';
import WebIM, { type EasemobChat as Ours } from '@magpie/webim';
type Vendor = Pick<EasemobChat.Connection, keyof EasemobChat.Connection>;
type Connection = InstanceType<typeof WebIM.connection>;
declare const connection: Connection;
declare const theirs: Vendor;
`;

it('everything an application may call is there, under the vendor’s names', () => {
  const source = `${imports}
    const names: Record<Exclude<keyof Vendor, \`on\${string}\`>, unknown> = connection;
    const parts: Record<'connection' | 'message' | 'utils' | 'logger' | 'statusCode', unknown> & Partial<Record<keyof typeof vendor, unknown>> = WebIM;
    const codes: Record<Exclude<keyof typeof EasemobChat.Code, never>, number> = WebIM.statusCode;
    const helpers: Record<keyof EasemobChat.Utils, unknown> = WebIM.utils;
    const handlers: Record<keyof EasemobChat.EventHandlerType, unknown> = {} as Required<Ours.EventHandlerType>;
    void [names, parts, codes, helpers, handlers];`;
  expect(complaints(source)).toEqual([]);
});

it('takes what applications typed against the vendor pass, and answers what they read', () => {
  const source = `${imports}
    declare const options: EasemobChat.ConnectionParameters;
    declare const handler: EasemobChat.EventHandlerType;
    declare const create: EasemobChat.CreateMsgType;
    const made: Connection = new WebIM.connection({ ...options });
    const login: Promise<EasemobChat.LoginResult> = made.open({ user: 'a', accessToken: 't' });
    const renewed: Promise<EasemobChat.NewTokenResult> = made.renewToken('t');
    const page: Promise<Pick<EasemobChat.HistoryMessages, 'cursor' | 'isLast'>> = made.getHistoryMessages({
      targetId: 'b', chatType: 'singleChat', cursor: -1, pageSize: 20, searchDirection: 'up',
      searchOptions: { from: 'a', msgTypes: ['txt'], startTime: 1, endTime: 2 },
    });
    const conversations: Promise<EasemobChat.AsyncResult<Pick<EasemobChat.ServerConversations, 'cursor'>>> = made.getServerConversations({ pageSize: 50, cursor: '' });
    const pinned: Promise<EasemobChat.AsyncResult<EasemobChat.PinConversation>> = made.pinConversation({
      conversationId: 'b', conversationType: 'singleChat', isPinned: true,
    });
    const blocked: Promise<EasemobChat.AsyncResult<string[]>> = made.getBlocklist();
    const info: Promise<EasemobChat.AsyncResult<EasemobChat.UpdateOwnUserInfoParams>> = made.updateUserInfo({ nickname: 'n' });
    const groups: Promise<EasemobChat.AsyncResult<EasemobChat.GroupDetailInfo[]>> = made.getGroupInfo({ groupId: '1' });
    const group: Promise<EasemobChat.AsyncResult<EasemobChat.CreateGroupResult>> = made.createGroup({
      data: { groupname: 'g', desc: '', members: [], public: true, approval: false, allowinvites: true, inviteNeedConfirm: false },
    });
    const read: Promise<EasemobChat.AsyncResult<EasemobChat.GetGroupMsgReadUserResult>> = made.getGroupMsgReadUser({ groupId: 'g', msgId: '1' });
    const removed: Promise<EasemobChat.AsyncResult<EasemobChat.RemoveGroupMemberResult>> = made.removeGroupMember({ groupId: 'g', username: 'b' });
    const body = WebIM.message.create({ ...create } as Ours.CreateMsgType);
    const sent: Promise<Pick<EasemobChat.SendMsgResult, 'localMsgId' | 'serverMsgId'>> = made.send(body);
    made.addEventHandler('x', {
      onTextMessage: (message) => handler.onTextMessage?.({ ...message, success: () => undefined, fail: () => undefined }),
      onCmdMessage: ({ action, from }) => void [action, from],
      onRecallMessage: (message) => handler.onRecallMessage?.(message),
      onReceivedMessage: (message) => handler.onReceivedMessage?.(message),
      onReadMessage: (message) => handler.onReadMessage?.(message),
      onDeliveredMessage: (message) => handler.onDeliveredMessage?.(message),
      onChannelMessage: (message) => handler.onChannelMessage?.(message),
      onDisconnected: (reason) => handler.onDisconnected?.(reason),
      onError: (error) => handler.onError?.(error),
    });
    void [login, renewed, page, conversations, pinned, blocked, info, groups, group, read, removed, sent, theirs];`;
  expect(complaints(source)).toEqual([]);
});

it('would complain: a method the vendor does not have, a result of another shape', () => {
  expect(complaints(`${imports} connection.sendEverything();`)).not.toEqual([]);
  expect(
    complaints(
      `${imports} const n: Promise<EasemobChat.PinConversation> = connection.getBlocklist(); void n;`,
    ),
  ).not.toEqual([]);
});
