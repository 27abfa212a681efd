import { createTestServer, type TestServer } from '@magpie/testkit/network';
import type { ZIMConversation, ZIMEventOfConnectionStateChangedResult, ZIMEventOfConversationChangedResult, ZIMEventOfConversationMessageReceivedResult, ZIMEventOfConversationTotalUnreadMessageCountUpdatedResult, ZIMEventOfMessageReceiptChangedResult, ZIMEventOfMessageRevokeReceivedResult, ZIMMessage, ZIMTextMessage } from '@magpie/zim'; // prettier-ignore
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createApp, held, openPage, plain, type App, type Hold } from './zim-app.ts';

type Received = ZIMEventOfConversationMessageReceivedResult;
const textOf = (message: ZIMMessage | undefined) => (message as ZIMTextMessage | undefined)?.message;
const LOW = { priority: 1 } as const;
const newest = (count: number) => ({ count, reverse: true, mode: 0 }) as const;

describe.each([
  ['plain objects', plain],
  ['objects in a reactive store', held],
] as const)('the ZIM story, with %s', (_, hold: Hold) => {
  let server: TestServer;
  let apps: App[] = [];

  beforeAll(async () => {
    server = await createTestServer();
  });
  afterAll(() => server.close());
  afterEach(() => {
    for (const { zim } of apps) zim.destroy();
    apps = [];
  });

  async function user(name: string, at = server.url): Promise<App> {
    const { appId, zimToken } = await server.credentials(name);
    const app = createApp(await openPage(at), appId, hold);
    apps.push(app);
    await app.zim.login(name, { userName: name.toUpperCase(), token: zimToken, isOfflineLogin: false, customStatus: '', customStatusDuration: 0 }); // prettier-ignore
    return app;
  }

  /** Somebody who was here once: ZIM knows nobody who has never logged in. */
  const exists = (userId: string) =>
    server.admin('user.register', { userId }).catch((error: { code?: string }) => {
      if (error.code !== 'USER_EXISTS') throw error;
    });

  const synced = (app: App) =>
    app.event<{ state: number }>('conversationSyncStateChanged', ({ state }) => state === 1);

  it('log in, send, receive, history, read, recall', async () => {
    const ann = await user('ann');
    const ben = await user('ben');
    await Promise.all([synced(ann), synced(ben)]);
    expect(ann.all<ZIMEventOfConnectionStateChangedResult>('connectionStateChanged')).toEqual([
      { state: 1, event: 1, extendedData: '{}' },
      { state: 2, event: 0, extendedData: '{}' },
    ]);
    expect(ann.all('conversationTotalUnreadMessageCountUpdated')).toEqual([{ totalUnreadMessageCount: 0 }]);

    const message: ZIMTextMessage = hold({ type: 1, message: 'hello', extendedData: '{"n":1}' });
    const attached: string[] = [];
    const sent = await ann.zim.sendMessage(message, 'ben', 0, { ...LOW, hasReceipt: true }, {
      onMessageAttached: (one) => attached.push(`${one.sentStatus} ${one.localMessageID} ${textOf(one)}`),
    }); // prettier-ignore
    expect(attached).toEqual([`0 ${message.localMessageID} hello`]);
    expect(message.localMessageID).toMatch(/^\d{16}$/);
    expect(sent.message).toBe(message);
    expect(message).toMatchObject({ sentStatus: 1, direction: 0, conversationID: 'ben', conversationType: 0, senderUserID: 'ann', messageSeq: 1, orderKey: 1, receiptStatus: 1 }); // prettier-ignore
    expect(message.messageID).toMatch(/^\d+$/);

    const got = await ben.event<Received>('peerMessageReceived');
    expect(got).toMatchObject({ fromConversationID: 'ann', info: { isOfflineMessage: false } });
    expect(got.messageList[0]).toMatchObject({ type: 1, message: 'hello', messageID: message.messageID, direction: 1, senderUserID: 'ann', conversationID: 'ann', extendedData: '{"n":1}', receiptStatus: 1 }); // prettier-ignore
    expect((await ben.event<Received>('receivePeerMessage')).messageList[0]).toMatchObject({
      message: 'hello',
    });
    const added = await ben.event<ZIMEventOfConversationChangedResult>('conversationChanged');
    expect(added.infoList[0]).toMatchObject({ event: 0, conversation: { conversationID: 'ann', type: 0, unreadMessageCount: 1, conversationName: 'ANN' } }); // prettier-ignore
    await ben.event<ZIMEventOfConversationTotalUnreadMessageCountUpdatedResult>('conversationTotalUnreadMessageCountUpdated', (e) => e.totalUnreadMessageCount === 1); // prettier-ignore

    const history = await ben.zim.queryHistoryMessage('ann', 0, newest(20));
    expect(history).toMatchObject({ conversationID: 'ann', conversationType: 0 });
    expect(hold(history.messageList).map(textOf)).toEqual(['hello']);

    // The receipt tells the sender and leaves unread; clearing unread tells nobody.
    await ben.zim.sendMessageReceiptsRead(history.messageList, 'ann', 0);
    const receipt = await ann.event<ZIMEventOfMessageReceiptChangedResult>('messageReceiptChanged');
    expect(receipt.infos[0]).toMatchObject({ status: 2, messageID: message.messageID, conversationID: 'ben', readMemberCount: 1, unreadMemberCount: 0, isSelfOperated: false }); // prettier-ignore
    expect(ben.all('messageReceiptChanged')).toEqual([]);
    const { infos } = await ann.zim.queryMessageReceiptsInfo([message], 'ben', 0);
    expect(infos[0]).toMatchObject({ status: 2, readMemberCount: 1 });
    expect((await ben.zim.queryConversation('ann', 0)).conversation.unreadMessageCount).toBe(1);
    await ben.zim.clearConversationUnreadMessageCount('ann', 0);
    await ben.event<ZIMEventOfConversationTotalUnreadMessageCountUpdatedResult>('conversationTotalUnreadMessageCountUpdated', (e) => e.totalUnreadMessageCount === 0); // prettier-ignore
    await ben.zim.sendConversationMessageReceiptRead('ann', 0);
    const whole = await ann.event<ZIMEventOfMessageReceiptChangedResult>('conversationMessageReceiptChanged');
    expect(whole.infos[0]).toMatchObject({
      status: 2,
      conversationID: 'ben',
      isSelfOperated: false,
      readTime: 0,
    });
    expect(ben.all('conversationMessageReceiptChanged')).toEqual([]);

    const { message: revoked } = await ann.zim.revokeMessage(message, { revokeExtendedData: 'sorry' });
    expect(revoked).toMatchObject({ type: 31, messageID: message.messageID, originalMessageType: 1, originalTextMessageContent: 'hello', operatedUserID: 'ann', revokeStatus: 0 }); // prettier-ignore
    const recall = await ben.event<ZIMEventOfMessageRevokeReceivedResult>('messageRevokeReceived');
    expect(recall.messageList[0]).toMatchObject({ type: 31, messageID: message.messageID, orderKey: 1, revokeExtendedData: 'sorry', revokeType: 0 }); // prettier-ignore
    await ben.event<ZIMEventOfConversationChangedResult>('conversationChanged', (e) => e.infoList[0]?.conversation.lastMessage?.type === 31); // prettier-ignore
    expect(ann.all('messageRevokeReceived')).toEqual([]);
    await expect(ann.zim.revokeMessage(message)).rejects.toMatchObject({ code: 6000279 });
  });

  it('pages both ways, with the items of a page as anchors', async () => {
    const ann = await user('page-a');
    await exists('page-b');
    for (let n = 1; n <= 7; n++)
      await ann.zim.sendMessage(hold({ type: 1, message: String(n) } as ZIMMessage), 'page-b', 0, LOW);
    const texts = async (reverse: boolean) => {
      const pages: (string | undefined)[][] = [];
      let nextMessage: ZIMMessage | undefined;
      do {
        const anchor = nextMessage === undefined ? {} : { nextMessage };
        const { messageList } = await ann.zim.queryHistoryMessage('page-b', 0, {
          count: 3,
          reverse,
          mode: 0,
          ...anchor,
        });
        nextMessage = hold(reverse ? messageList[0] : messageList.at(-1));
        pages.push(messageList.map(textOf));
      } while ((pages.at(-1) ?? []).length === 3);
      return pages;
    };
    expect(await texts(true)).toEqual([['5', '6', '7'], ['2', '3', '4'], ['1']]);
    expect(await texts(false)).toEqual([['1', '2', '3'], ['4', '5', '6'], ['7']]);
    const { messageList } = await ann.zim.queryMessages([2, 5], 'page-b', 0);
    expect(messageList.map(textOf)).toEqual(['2', '5']);
  });

  it('tells at login what came while away, once, then the list', async () => {
    const ann = await user('off-a');
    const ben = await user('off-b');
    await synced(ben);
    ben.zim.logout();
    expect(ben.all<ZIMEventOfConnectionStateChangedResult>('connectionStateChanged').at(-1)).toMatchObject({
      state: 0,
      event: 0,
    });
    await ann.zim.sendMessage({ type: 1, message: 'while away' } as ZIMMessage, 'off-b', 0, LOW);
    ben.forget();
    await ben.zim.login('off-b', { token: (await server.credentials('off-b')).zimToken, userName: '', isOfflineLogin: false, customStatus: '', customStatusDuration: 0 }); // prettier-ignore
    const got = await ben.event<Received>('peerMessageReceived');
    expect(got).toMatchObject({ fromConversationID: 'off-a', info: { isOfflineMessage: true } });
    await synced(ben);
    expect(ben.all('receivePeerMessage')).toEqual([]);
    expect(ben.all('peerMessageReceived')).toHaveLength(1);
    expect(ben.seen.map(({ name }) => name).filter((name) => name !== 'connectionStateChanged')).toEqual([
      'conversationSyncStateChanged',
      'peerMessageReceived',
      'conversationChanged',
      'conversationTotalUnreadMessageCountUpdated',
      'conversationTotalUnreadMessageCountUpdated',
      'conversationSyncStateChanged',
    ]);
    expect(
      (await ben.zim.queryConversationList({ count: 10 } as { count: number })).conversationList,
    ).toHaveLength(1);
  });

  it('drops, resumes, and misses nothing', async () => {
    const proxy = await server.proxy();
    const ann = await user('net-a');
    const ben = await user('net-b', proxy.url);
    await synced(ben);
    proxy.block();
    await ben.event<ZIMEventOfConnectionStateChangedResult>(
      'connectionStateChanged',
      ({ state, event }) => state === 3 && event === 3,
    );
    await ann.zim.sendMessage({ type: 1, message: 'in the gap' } as ZIMMessage, 'net-b', 0, LOW);
    const late = ben.zim.sendMessage(
      hold({ type: 1, message: 'sent in the dark' } as ZIMMessage),
      'net-a',
      0,
      LOW,
    );
    proxy.restore();
    expect((await late).message).toMatchObject({ sentStatus: 1 });
    const got = await ben.event<Received>('peerMessageReceived');
    expect(got.messageList.map(textOf)).toEqual(['in the gap']);
    expect(textOf((await ann.event<Received>('peerMessageReceived')).messageList[0])).toBe(
      'sent in the dark',
    );
    expect(ben.all<ZIMEventOfConnectionStateChangedResult>('connectionStateChanged').at(-1)).toMatchObject({
      state: 2,
      event: 0,
    });
    expect(ben.all('peerMessageReceived')).toHaveLength(1);
  });

  it('has pins, do-not-disturb and deletion', async () => {
    const ann = await user('list-a');
    await Promise.all(['list-b', 'list-c'].map(exists));
    for (const peer of ['list-b', 'list-c'])
      await ann.zim.sendMessage({ type: 1, message: peer } as ZIMMessage, peer, 0, LOW);
    const ids = async (config: object) => (await ann.zim.queryConversationList({ count: 10, ...config } as { count: number })).conversationList.map((one) => one.conversationID); // prettier-ignore
    const until = (passes: (one: ZIMConversation, event: number) => boolean) =>
      ann.event<ZIMEventOfConversationChangedResult>('conversationChanged', ({ infoList }) => infoList.some(({ conversation, event }) => passes(conversation, event))); // prettier-ignore
    await until((one) => one.conversationID === 'list-c');
    expect(await ids({})).toEqual(['list-c', 'list-b']);
    expect(await ann.zim.updateConversationPinnedState(true, 'list-b', 0)).toEqual({
      conversationID: 'list-b',
      conversationType: 0,
    });
    await until((one) => one.conversationID === 'list-b' && one.isPinned);
    expect(await ids({})).toEqual(['list-b', 'list-c']);
    const [first] = (await ann.zim.queryConversationList({ count: 1 } as { count: number })).conversationList;
    expect(await ids({ nextConversation: hold(first) })).toEqual(['list-c']);
    await ann.zim.setConversationNotificationStatus(2, 'list-c', 0);
    await until((one) => one.conversationID === 'list-c' && one.notificationStatus === 2);
    await ann.zim.deleteConversation('list-c', 0, { isAlsoDeleteServerConversation: true });
    await until((one, event) => one.conversationID === 'list-c' && event === 3);
    expect(await ids({})).toEqual(['list-b']);
    await expect(ann.zim.queryConversation('nobody-at-all', 0)).rejects.toMatchObject({ code: 6000603 });
  });

  it('deletes messages for the deleting user alone', async () => {
    const ann = await user('del-a');
    await exists('del-b');
    const { message } = await ann.zim.sendMessage(
      hold({ type: 1, message: 'gone' } as ZIMMessage),
      'del-b',
      0,
      LOW,
    );
    await ann.zim.sendMessage({ type: 1, message: 'stays' } as ZIMMessage, 'del-b', 0, LOW);
    await ann.zim.deleteMessages([message], 'del-b', 0, { isAlsoDeleteServerMessage: true });
    expect((await ann.zim.queryHistoryMessage('del-b', 0, newest(10))).messageList.map(textOf)).toEqual([
      'stays',
    ]);
    const ben = await user('del-b');
    expect((await ben.zim.queryHistoryMessage('del-a', 0, newest(10))).messageList.map(textOf)).toEqual([
      'gone',
      'stays',
    ]);
  });
});
