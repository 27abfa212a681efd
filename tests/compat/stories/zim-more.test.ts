import { createTestServer, type TestServer } from '@magpie/testkit/network';
import type { ZIMEventOfBlacklistChangedResult, ZIMEventOfConversationChangedResult, ZIMEventOfConversationMessageReceivedResult, ZIMEventOfGroupMemberInfoUpdatedResult, ZIMEventOfGroupMemberStateChangedResult, ZIMEventOfGroupNameUpdatedResult, ZIMEventOfGroupStateChangedResult, ZIMEventOfMessageDeletedResult, ZIMEventOfMessageReceiptChangedResult, ZIMEventOfUserInfoUpdatedResult, ZIMImageMessage, ZIMMessage, ZIMMultipleMessage } from '@magpie/zim'; // prettier-ignore
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createApp, openPage, plain, type App } from './zim-app.ts';

type Received = ZIMEventOfConversationMessageReceivedResult;
const LOW = { priority: 1 } as const;
const text = (message: string) => ({ type: 1, message }) as ZIMMessage;
/** One red pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);
const picture = (name = 'red.png') => new File([PNG], name, { type: 'image/png' });

describe('more of ZIM', () => {
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

  async function user(name: string): Promise<App> {
    const { appId, zimToken } = await server.credentials(name);
    const app = createApp(await openPage(server.url), appId, plain);
    apps.push(app);
    // The older form of login.
    await app.zim.login(
      { userID: name, userName: `${name}!`, userAvatarUrl: '', userExtendedData: '' },
      zimToken,
    );
    await app.event<{ state: number }>('conversationSyncStateChanged', ({ state }) => state === 1);
    return app;
  }

  it('refuses what the vendor refuses, with its numbers', async () => {
    const ann = await user('bad-a');
    const sending = (message: ZIMMessage, to = 'alice', type: 0 | 1 | 2 = 0) =>
      ann.zim.sendMessage(message, to, type, LOW);
    await expect(sending(text('to me'), 'bad-a')).rejects.toMatchObject({ code: 6000001 });
    await expect(sending(text('   '))).rejects.toMatchObject({ code: 6000001 });
    await expect(sending(text('x'), 'never-seen')).rejects.toMatchObject({ code: 6000204 });
    await expect(sending(text('x'), 'no-such-group', 2)).rejects.toMatchObject({ code: 6000204 });
    await expect(sending(text('x'), 'room', 1)).rejects.toMatchObject({ code: 6000013 });
    await expect(ann.zim.login('bad-a', { token: 'x' } as never)).rejects.toMatchObject({ code: 6000111 });
    await expect(ann.zim.queryGroupInfo('no-such-group')).rejects.toMatchObject({ code: 6000523 });
    expect(await ann.zim.queryUsersInfo(['bad-a', 'unheard-of'], { isQueryFromServer: true })).toMatchObject({
      userList: [{ baseInfo: { userID: 'bad-a', userName: 'bad-a!' } }],
      errorUserList: [{ userID: 'unheard-of', reason: 6000011 }],
    });
    const other = createApp(await openPage(server.url), (await server.credentials('x')).appId, plain);
    apps.push(other);
    const { zimToken } = await server.credentials('bad-b');
    await expect(other.zim.login('bad-c', { token: zimToken } as never)).rejects.toMatchObject({
      code: 6000103,
    });
    expect(other.all('connectionStateChanged')).toEqual([
      { state: 1, event: 1, extendedData: '{}' },
      { state: 0, event: 0, extendedData: '{}' },
    ]);
    await expect(other.zim.login('bad-c', { token: 'nonsense' } as never)).rejects.toMatchObject({
      code: 6000107,
    });
  });

  it('sends pictures, several things at once, commands and custom messages', async () => {
    const [ann, ben] = [await user('med-a'), await user('med-b')];
    const progress: number[] = [];
    const image = { type: 11, fileLocalPath: picture() } as ZIMImageMessage;
    const { message } = await ann.zim.sendMessage(image, 'med-b', 0, LOW, {
      onMediaUploadingProgress: (_, done, total) => progress.push(done / total),
    });
    expect(progress.at(-1)).toBe(1);
    expect(message).toMatchObject({
      fileName: 'red.png',
      fileSize: PNG.length,
      originalImageWidth: 1,
      originalImageHeight: 1,
    });
    const got = (await ben.event<Received>('peerMessageReceived')).messageList[0] as ZIMImageMessage;
    expect(got).toMatchObject({ type: 11, fileName: 'red.png', fileSize: PNG.length, originalImageWidth: 1 });
    for (const url of [got.fileDownloadUrl, got.thumbnailDownloadUrl, got.largeImageDownloadUrl]) {
      expect((await fetch(url ?? '')).headers.get('content-type')).toMatch(/^image\//);
    }
    // Forwarding reuses what is stored; the app's first object stays as it was.
    const { message: forwarded } = await ben.zim.sendMessage(got, 'med-a', 0, LOW);
    expect(forwarded).not.toBe(got);
    expect(got.direction).toBe(1);
    expect(forwarded).toMatchObject({ type: 11, direction: 0, fileUID: got.fileUID });

    const many = { type: 10, messageInfoList: [{ type: 1, message: 'two' }, { type: 11, fileLocalPath: picture('b.png') }, { type: 200, message: '{}', subType: 7 }] } as unknown as ZIMMultipleMessage; // prettier-ignore
    const items: number[] = [];
    await ann.zim.sendMessage(many, 'med-b', 0, LOW, {
      onMultipleMediaUploadingProgress: (_, _done, _total, index) => items.push(index),
    });
    expect(new Set(items)).toEqual(new Set([1]));
    const multi = await ben.event<Received>(
      'peerMessageReceived',
      ({ messageList }) => messageList[0]?.type === 10,
    );
    expect((multi.messageList[0] as ZIMMultipleMessage).messageInfoList).toMatchObject([
      { type: 1, message: 'two' },
      { type: 11, fileName: 'b.png' },
      { type: 200, message: '{}', subType: 7 },
    ]);

    await ann.zim.sendMessage(
      { type: 2, message: Uint8Array.of(1, 2, 255) } as unknown as ZIMMessage,
      'med-b',
      0,
      LOW,
    );
    const command = await ben.event<Received>(
      'peerMessageReceived',
      ({ messageList }) => messageList[0]?.type === 2,
    );
    expect(command.messageList[0]).toMatchObject({ message: Uint8Array.of(1, 2, 255) });
    const { messageList } = await ben.zim.queryHistoryMessage('med-a', 0, {
      count: 10,
      reverse: true,
      mode: 0,
    });
    expect(messageList.map(({ type }) => type)).toEqual([11, 11, 10]);
  });

  it('cancels an upload, and sends it again in a new place', async () => {
    const ann = await user('can-a');
    await server.admin('user.register', { userId: 'can-b' });
    const image = {
      type: 11,
      fileLocalPath: new File([new Uint8Array(3_000_000)], 'big.png', { type: 'image/png' }),
    } as ZIMImageMessage;
    const send = ann.zim.sendMessage(image, 'can-b', 0, LOW, {
      onMessageAttached: (message) => void ann.zim.cancelSendingMessage(message, {}),
    });
    await expect(send).rejects.toMatchObject({ code: 6000206 });
    expect(image.sentStatus).toBe(2);
    expect(ann.all('messageSentStatusChanged')).toMatchObject([{ infos: [{ status: 2 }] }]);
    await expect(ann.zim.cancelSendingMessage(image, {})).rejects.toMatchObject({ code: 6000207 });
  });

  it('keeps two devices of one user alike', async () => {
    const [one, two, ben] = [await user('dev-a'), await user('dev-a'), await user('dev-b')];
    const { message } = await one.zim.sendMessage(text('from one'), 'dev-b', 0, { ...LOW, hasReceipt: true });
    const own = await two.event<Received>('peerMessageReceived');
    expect(own).toMatchObject({
      fromConversationID: 'dev-b',
      messageList: [{ direction: 0, senderUserID: 'dev-a' }],
    });
    expect(own.messageList[0]).not.toHaveProperty('localMessageID');
    expect(one.all('peerMessageReceived')).toEqual([]);
    const { message: answer } = await ben.zim.sendMessage(text('back'), 'dev-a', 0, {
      ...LOW,
      hasReceipt: true,
    });
    await one.event<Received>('peerMessageReceived');
    await one.zim.sendConversationMessageReceiptRead('dev-b', 0);
    const told = await two.event<ZIMEventOfMessageReceiptChangedResult>('conversationMessageReceiptChanged');
    expect(told.infos[0]).toMatchObject({ conversationID: 'dev-b', isSelfOperated: true });
    await one.zim.updateUserName('Dee');
    expect(
      (
        await two.event<ZIMEventOfUserInfoUpdatedResult>(
          'userInfoUpdated',
          ({ info }) => info.baseInfo.userName === 'Dee',
        )
      ).info.baseInfo.userID,
    ).toBe('dev-a');
    await one.zim.deleteMessages([message, { ...message, messageID: answer.messageID ?? '' }], 'dev-b', 0, {
      isAlsoDeleteServerMessage: true,
    });
    const deleted = await two.event<ZIMEventOfMessageDeletedResult>('messageDeleted');
    expect(deleted).toMatchObject({
      conversationID: 'dev-b',
      messageDeleteType: 0,
      isDeleteConversationAllMessage: false,
    });
    expect(deleted.messageList.map(({ messageID }) => messageID).sort()).toEqual(
      [message.messageID, answer.messageID].sort(),
    );
    expect([
      one.all('messageDeleted'),
      one.all('userInfoUpdated'),
      one.all('conversationMessageReceiptChanged'),
    ]).toEqual([[], [], []]);
  });

  it('has a blacklist', async () => {
    const [ann, ben] = [await user('blk-a'), await user('blk-b')];
    expect(await ann.zim.addUsersToBlacklist(['blk-b', 'blk-a'])).toEqual({
      errorUserList: [{ userID: 'blk-a', reason: 6000805 }],
    });
    expect(await ann.event<ZIMEventOfBlacklistChangedResult>('blacklistChanged')).toMatchObject({
      action: 0,
      userList: [{ userID: 'blk-b' }],
    });
    await expect(ben.zim.sendMessage(text('?'), 'blk-a', 0, LOW)).rejects.toMatchObject({ code: 6000284 });
    expect(await ann.zim.queryBlacklist({ count: 10 })).toMatchObject({
      blacklist: [{ userID: 'blk-b', userName: 'blk-b!' }],
      nextFlag: 0,
    });
    expect(await ann.zim.checkUserIsInBlacklist('blk-b')).toEqual({ isUserInBlacklist: true });
    await expect(ann.zim.addUsersToBlacklist(['blk-b'])).rejects.toMatchObject({ code: 6000804 });
    expect(await ann.zim.removeUsersFromBlacklist(['blk-b'])).toEqual({ errorUserList: [] });
    await expect(ann.zim.removeUsersFromBlacklist(['blk-b'])).rejects.toMatchObject({ code: 6000807 });
    expect((await ben.zim.sendMessage(text('!'), 'blk-a', 0, LOW)).message.sentStatus).toBe(1);
  });

  it('lives through a group', async () => {
    const [ann, ben, cat] = [await user('grp-a'), await user('grp-b'), await user('grp-c')];
    const made = await ann.zim.createGroup({ groupID: 'team', groupName: 'Team', groupAvatarUrl: '' }, [
      'grp-b',
      'never-registered',
    ]);
    expect(made).toMatchObject({
      groupInfo: {
        baseInfo: { groupID: 'team', groupName: 'Team' },
        verifyInfo: { joinMode: 0, inviteMode: 0, beInviteMode: 0 },
      },
      errorUserList: [{ userID: 'never-registered' }],
    });
    expect(made.userList.map(({ userID, memberRole }) => [userID, memberRole])).toEqual([
      ['grp-a', 1],
      ['grp-b', 3],
    ]);
    expect(await ann.event<ZIMEventOfGroupStateChangedResult>('groupStateChanged')).toMatchObject({ state: 1, event: 1, groupInfo: { baseInfo: { groupID: 'team' } } }); // prettier-ignore
    const entered = await ben.event<ZIMEventOfGroupStateChangedResult>('groupStateChanged');
    expect(entered).toMatchObject({
      state: 1,
      groupInfo: { baseInfo: { groupID: 'team', groupName: 'Team' } },
    });
    // Nothing is listed until there is something to show.
    expect((await ben.zim.queryConversationList({ count: 9 } as { count: number })).conversationList).toEqual(
      [],
    );

    await expect(ann.zim.createGroup({ groupID: 'team' } as never, [])).rejects.toMatchObject({
      code: 6000524,
    });
    expect((await cat.zim.joinGroup('team')).groupInfo.baseInfo.groupName).toBe('Team');
    expect((await cat.zim.joinGroup('team')).groupInfo.baseInfo.groupID).toBe('team');
    expect(await ann.event<ZIMEventOfGroupMemberStateChangedResult>('groupMemberStateChanged', (e) => e.event === 1)).toMatchObject({ groupID: 'team', state: 1, userList: [{ userID: 'grp-c' }] }); // prettier-ignore

    const { message } = await ann.zim.sendMessage(text('hi all'), 'team', 2, { ...LOW, hasReceipt: true });
    expect(await ben.event<Received>('groupMessageReceived')).toMatchObject({ fromConversationID: 'team', messageList: [{ message: 'hi all', conversationType: 2, senderUserID: 'grp-a' }] }); // prettier-ignore
    await cat.event<Received>('receiveGroupMessage');
    const [got] = ben.all<Received>('groupMessageReceived')[0]?.messageList ?? [];
    await ben.zim.sendMessageReceiptsRead([got as ZIMMessage], 'team', 2);
    expect((await ann.event<ZIMEventOfMessageReceiptChangedResult>('messageReceiptChanged')).infos[0]).toMatchObject({ status: 1, readMemberCount: 1, unreadMemberCount: 1, conversationID: 'team', conversationType: 2 }); // prettier-ignore
    const readers = await ann.zim.queryGroupMessageReceiptReadMemberList(message, 'team', {
      nextFlag: 0,
      count: 10,
    });
    expect(readers).toMatchObject({ groupID: 'team', nextFlag: 0, userList: [{ userID: 'grp-b' }] });
    const unread = await ann.zim.queryGroupMessageReceiptUnreadMemberList(message, 'team', {
      nextFlag: 0,
      count: 10,
    });
    expect(unread.userList.map(({ userID }) => userID)).toEqual(['grp-c']);

    expect(await ben.zim.updateGroupName('The team', 'team')).toEqual({
      groupID: 'team',
      groupName: 'The team',
    });
    expect(await cat.event<ZIMEventOfGroupNameUpdatedResult>('groupNameUpdated')).toMatchObject({ groupID: 'team', groupName: 'The team', operatedInfo: { userID: 'grp-b' } }); // prettier-ignore
    await expect(ben.zim.setGroupMemberRole(2, 'grp-c', 'team')).rejects.toMatchObject({ code: 6000541 });
    await ann.zim.setGroupMemberRole(2, 'grp-b', 'team');
    expect(
      (await ben.event<ZIMEventOfGroupMemberInfoUpdatedResult>('groupMemberInfoUpdated')).userList,
    ).toMatchObject([{ userID: 'grp-b', memberRole: 2 }]);
    const first = await ann.zim.queryGroupMemberList('team', { nextFlag: 0, count: 2 });
    expect(first.userList.map(({ memberRole }) => memberRole)).toEqual([1, 2]);
    expect(first.nextFlag).toBeGreaterThan(0);
    const second = await ann.zim.queryGroupMemberList('team', { nextFlag: first.nextFlag, count: 2 });
    expect(second).toMatchObject({
      nextFlag: 0,
      userList: [{ userID: 'grp-c', userName: 'grp-c!', memberRole: 3 }],
    });
    expect(await ann.zim.queryGroupMemberCount('team')).toEqual({ groupID: 'team', count: 3 });

    expect(await ben.zim.kickGroupMembers(['grp-c', 'grp-a'], 'team')).toMatchObject({ kickedUserIDs: ['grp-c'], errorUserList: [{ userID: 'grp-a', reason: 6000541 }] }); // prettier-ignore
    expect(await cat.event<ZIMEventOfGroupStateChangedResult>('groupStateChanged', ({ state }) => state === 0)).toMatchObject({ event: 6, operatedInfo: { userID: 'grp-b' } }); // prettier-ignore
    await cat.event<ZIMEventOfConversationChangedResult>(
      'conversationChanged',
      ({ infoList }) => infoList[0]?.event === 2,
    );
    await expect(cat.zim.sendMessage(text('still here?'), 'team', 2, LOW)).rejects.toMatchObject({
      code: 6000521,
    });
    expect((await ann.zim.inviteUsersIntoGroup(['grp-c'], 'team')).userList).toMatchObject([
      { userID: 'grp-c' },
    ]);
    await ann.zim.transferGroupOwner('grp-b', 'team');
    await ben.zim.dismissGroup('team');
    for (const one of [ann, ben, cat])
      await one.event<ZIMEventOfGroupStateChangedResult>('groupStateChanged', ({ event }) => event === 2);
    expect((await ann.zim.queryGroupList()).groupList).toEqual([]);
  });

  it('makes an id of its own for a group without one', async () => {
    const ann = await user('gid-a');
    const { groupInfo } = await ann.zim.createGroup({ groupID: '', groupName: 'n', groupAvatarUrl: '' }, []);
    expect(groupInfo.baseInfo.groupID).toMatch(/^#\d+$/);
    await expect(
      ann.zim.createGroup({ groupID: '#mine', groupName: 'n', groupAvatarUrl: '' }, []),
    ).rejects.toMatchObject({ code: 6000001 });
  });
});
