import { createTestServer, type TestServer } from '@magpie/testkit/network';
import TIM, { type ChatSDK } from '@magpie/tim';
import type { ZIM } from '@magpie/zim';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen } from './tim-app.ts';
import * as webim from './webim-app.ts';
import * as zimApp from './zim-app.ts';

/** What the three see of one conversation and one group. */
let server: TestServer;
let tim: ChatSDK;
let received: ReturnType<typeof listen<{ ID: string; from: string; to: string; type: string; conversationID: string; payload: Record<string, unknown>; sequence: number; isRevoked: boolean }[]>>; // prettier-ignore
let revoked: typeof received;
let zim: zimApp.App;
let sdk: zimApp.Sdk;
let web: webim.App;

beforeAll(async () => {
  server = await createTestServer();
  const alice = await server.credentials('alice');
  const made = TIM.create({ SDKAppID: alice.appId, proxyServer: server.url });
  if (!made) throw new Error('no TIM instance');
  tim = made;
  received = listen(tim, TIM.EVENT.MESSAGE_RECEIVED);
  revoked = listen(tim, TIM.EVENT.MESSAGE_REVOKED);
  const ready = listen(tim, TIM.EVENT.SDK_READY);
  await tim.login({ userID: 'alice', userSig: alice.userSig });
  await ready.take();

  const bob = await server.credentials('bob');
  sdk = await zimApp.openPage(server.url);
  zim = zimApp.createApp(sdk, bob.appId, zimApp.plain);
  await zim.zim.login('bob', { userName: 'Bob', token: bob.zimToken, isOfflineLogin: false } as never);

  web = await webim.createApp(server, 'carol', webim.plain);
  await web.login();
  await web.event('onOfflineMessageSyncFinish');
});

afterAll(async () => {
  await tim?.destroy();
  zim?.zim.destroy();
  web?.conn.close();
  await server.close();
});

const timText = (to: string, conversationType: 'C2C' | 'GROUP', text: string) =>
  tim.sendMessage(tim.createTextMessage({ to, conversationType, payload: { text } } as never) as never) as Promise<{ data: { message: { ID: string; sequence: number } } }>; // prettier-ignore
const zimText = (z: ZIM, to: string, type: number, message: string) =>
  z.sendMessage({ type: 1, message } as never, to, type as never, { priority: 2 } as never) as Promise<{ message: { messageID: string } }>; // prettier-ignore

describe('one conversation, three dialects', () => {
  it('TIM → ZIM → WebIM → TIM: text arrives in each one’s own words', async () => {
    await timText('bob', 'C2C', 'from TIM 你好');
    const toBob = await zim.event<{ messageList: { message: string }[]; fromConversationID: string }>('peerMessageReceived', ({ messageList }) => messageList.some(({ message }) => message === 'from TIM 你好')); // prettier-ignore
    expect(toBob.fromConversationID).toBe('alice');

    await zimText(zim.zim, 'carol', 0, 'from ZIM 😀');
    const toCarol = await web.event('onTextMessage', (message) => message.msg === 'from ZIM 😀');
    expect(toCarol).toMatchObject({ from: 'bob', to: 'carol', chatType: 'singleChat' });

    await web.text('alice', 'from WebIM');
    const toAlice = await received.take((messages) =>
      messages.some(({ payload }) => payload['text'] === 'from WebIM'),
    );
    expect(toAlice[0]).toMatchObject({
      from: 'carol',
      conversationID: 'C2Ccarol',
      type: TIM.TYPES.MSG_TEXT,
      flow: 'in',
    });
  });

  it('a recall by one is a recall for the other', async () => {
    const { message } = await zimText(zim.zim, 'alice', 0, 'oops');
    await received.take((messages) => messages.some(({ payload }) => payload['text'] === 'oops'));
    await zim.zim.revokeMessage(message as never, {} as never);
    const gone = await revoked.take();
    expect(gone[0]).toMatchObject({ from: 'bob', isRevoked: true, conversationID: 'C2Cbob' });
  });

  it('reading by one is told to the other', async () => {
    const readByPeer = listen<{ isPeerRead: boolean }[]>(tim, TIM.EVENT.MESSAGE_READ_BY_PEER);
    await timText('carol', 'C2C', 'have you read this?');
    await web.event('onTextMessage', (message) => message.msg === 'have you read this?');
    const { default: WebIM } = await import('@magpie/webim');
    await web.conn.send(
      WebIM.message.create({ type: 'channel', chatType: 'singleChat', to: 'alice' } as never),
    );
    expect((await readByPeer.take())[0]).toMatchObject({ isPeerRead: true });
  });
});

describe('one group, three dialects', () => {
  let groupID: string;

  beforeAll(async () => {
    const { data } = (await tim.createGroup({ type: TIM.TYPES.GRP_WORK, name: 'Bridge', memberList: [{ userID: 'bob' }, { userID: 'carol' }] } as never)) as { data: { group: { groupID: string } } }; // prettier-ignore
    groupID = data.group.groupID;
  });

  it('all three see the same messages in the same order', async () => {
    await timText(groupID, 'GROUP', 'one');
    await zim.event<{ messageList: { message: string }[] }>('groupMessageReceived', ({ messageList }) => messageList.some(({ message }) => message === 'one')); // prettier-ignore
    await zimText(zim.zim, groupID, 2, 'two');
    await web.event('onTextMessage', (message) => message.msg === 'two' && message.chatType === 'groupChat');
    const { default: WebIM } = await import('@magpie/webim');
    await web.conn.send(
      WebIM.message.create({ type: 'txt', chatType: 'groupChat', to: groupID, msg: 'three' }),
    );
    await received.take((messages) => messages.some(({ payload }) => payload['text'] === 'three'));

    const timList = (await tim.getMessageList({ conversationID: `GROUP${groupID}` })) as { data: { messageList: { type: string; payload: { text?: string } }[] } }; // prettier-ignore
    const zimList = (await zim.zim.queryHistoryMessage(groupID, 2, { count: 20, reverse: true } as never)) as unknown as { messageList: { type: number; message: string }[] }; // prettier-ignore
    const webList = await web.conn.getHistoryMessages({ targetId: groupID, chatType: 'groupChat', pageSize: 20, searchDirection: 'down' } as never); // prettier-ignore
    const texts = ['one', 'two', 'three'];
    expect(timList.data.messageList.filter(({ type }) => type === TIM.TYPES.MSG_TEXT).map(({ payload }) => payload.text)).toEqual(texts); // prettier-ignore
    expect(zimList.messageList.filter(({ type }) => type === 1).map(({ message }) => message)).toEqual(texts);
    expect(webList.messages.map((message) => (message as { msg?: string }).msg).filter((msg) => msg !== undefined)).toEqual(texts); // prettier-ignore
  });

  it('unread is one number in every dialect', async () => {
    await timText(groupID, 'GROUP', 'four');
    await web.event('onTextMessage', (message) => message.msg === 'four');
    await zim.event<{ messageList: { message: string }[] }>('groupMessageReceived', ({ messageList }) => messageList.some(({ message }) => message === 'four')); // prettier-ignore
    const { conversationList } = (await zim.zim.queryConversationList({ count: 50 } as never)) as { conversationList: { conversationID: string; unreadMessageCount: number }[] }; // prettier-ignore
    expect(
      conversationList.find(({ conversationID }) => conversationID === groupID)?.unreadMessageCount,
    ).toBe(3);
    const { data } = await web.conn.getServerConversations({ pageSize: 50, cursor: '' });
    expect(data?.conversations.find(({ conversationId }) => conversationId === groupID)?.unReadCount).toBe(3);
  });

  it('what one dialect cannot say is drawn by the others', async () => {
    await tim.sendMessage(tim.createFaceMessage({ to: groupID, conversationType: 'GROUP', payload: { index: 1, data: 'tt00' } } as never) as never); // prettier-ignore
    await zim.event<{ messageList: { message: string; type: number }[] }>('groupMessageReceived', ({ messageList }) => messageList.some(({ message, type }) => type === 1 && message.includes('tt00'))); // prettier-ignore
    await web.event('onTextMessage', (message) => message.msg.includes('tt00'));
  });
});
