import type { default as Tim, ChatSDK, Message, Conversation, Group } from '@magpie/tim';
import { createTestServer, type TestServer } from '@magpie/testkit/network';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { listen } from './tim-app.ts';

type TIM = typeof Tim;

let server: TestServer;
const made: ChatSDK[] = [];

beforeAll(async () => {
  server = await createTestServer();
});
afterAll(async () => {
  await Promise.all(made.map((chat) => chat.destroy().catch(() => undefined)));
  await server.close();
});

async function enter(user: string, address = server.url): Promise<{ TIM: TIM; chat: ChatSDK }> {
  vi.resetModules();
  const { default: TIM } = await import('@magpie/tim');
  const chat = TIM.create({ SDKAppID: 1400000001, proxyServer: address });
  chat.setLogLevel(4);
  made.push(chat);
  const { userSig } = await server.credentials(user);
  await chat.login({ userID: user, userSig });
  await new Promise<void>((resolve) => chat.on(TIM.EVENT.SDK_READY, () => resolve()));
  return { TIM, chat };
}

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAADCAIAAAA2iEnWAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAAEUlEQVQImWP4z8DwnwGMERQARNAF+661WskAAAAASUVORK5CYII=',
  'base64',
);

describe('messages of every type', () => {
  test('keep their fields on the way, files with progress and addresses that load', async () => {
    const { TIM, chat: alice } = await enter('alice');
    const { chat: bob } = await enter('bob');
    const received = listen<Message[]>(bob, TIM.EVENT.MESSAGE_RECEIVED);
    const to = { to: 'bob', conversationType: TIM.TYPES.CONV_C2C };
    const arrived = async (message: Message): Promise<Message> => {
      await alice.sendMessage(message);
      const [got] = await received.take(([one]) => one?.ID === message.ID);
      return got as Message;
    };

    const custom = { data: '{"a":1}', description: 'd', extension: '' };
    expect(await arrived(alice.createCustomMessage({ ...to, payload: custom, cloudCustomData: 'cloud' }))).toMatchObject({ type: 'TIMCustomElem', payload: custom, cloudCustomData: 'cloud' });
    expect(await arrived(alice.createFaceMessage({ ...to, payload: { index: 0, data: 'tt00' } }))).toMatchObject({ type: 'TIMFaceElem', payload: { index: 0, data: 'tt00' } });
    const place = { description: 'Hangzhou', longitude: 120.1, latitude: 30.2 };
    expect(await arrived(alice.createLocationMessage({ ...to, payload: place }))).toMatchObject({ type: 'TIMLocationElem', payload: place });

    const progress: number[] = [];
    const picture = alice.createImageMessage({ ...to, payload: { file: new File([png], 'dot.png', { type: 'image/png' }) }, onProgress: (part) => progress.push(part) });
    expect(picture.payload.imageInfoArray).toHaveLength(3);
    const shown = await arrived(picture);
    expect(progress.at(-1)).toBe(1);
    expect(shown).toMatchObject({ type: 'TIMImageElem', payload: { imageFormat: 3, imageInfoArray: [{ width: 2, height: 3, type: 0 }, { type: 1 }, { type: 2 }] } });
    expect(picture.payload.imageInfoArray[0]?.url).toBe(shown.payload.imageInfoArray[0]?.url);
    const loaded = await fetch(shown.payload.imageInfoArray[0]?.url ?? '');
    expect(loaded.headers.get('content-type')).toBe('image/png');

    const file = await arrived(alice.createFileMessage({ ...to, payload: { file: { files: [new File(['words'], 'note.txt', { type: 'text/plain' })] } } }));
    expect(file).toMatchObject({ type: 'TIMFileElem', payload: { fileName: 'note.txt', fileSize: 5 } });
    expect(await (await fetch(file.payload.fileUrl)).text()).toBe('words');

    const typing = JSON.stringify({ businessID: 'user_typing_status', typingStatus: 1, version: 1, userAction: 14, actionParam: 'EIMAMSG_InputStatus_Ing' });
    await alice.sendMessage(alice.createCustomMessage({ ...to, payload: { data: typing, description: '', extension: '' } }), { onlineUserOnly: true });
    const [seen] = await received.take(([one]) => one?.payload.data === typing);
    expect(seen).toMatchObject({ type: 'TIMCustomElem', sequence: 0 });
    expect((await bob.getMessageList({ conversationID: 'C2Calice' })).data.messageList.some(({ payload }) => payload.data === typing)).toBe(false);

    const quiet = alice.createTextMessage({ ...to, payload: { text: 'quiet' } });
    const before = bob.getTotalUnreadMessageCount();
    await alice.sendMessage(quiet, { messageControlInfo: { excludedFromUnreadCount: true, excludedFromLastMessage: true } });
    await received.take(([one]) => one?.ID === quiet.ID);
    expect(bob.getTotalUnreadMessageCount()).toBe(before);
    const { conversation } = (await bob.getConversationProfile('C2Calice')).data;
    expect(conversation.lastMessage.messageForShow).toBe('[文件]');
    await alice.destroy();
    await bob.destroy();
  }); // prettier-ignore
});

describe('conversations and people', () => {
  test('list forms, pin, remind type, delete, blacklist, profile, and chats nobody began', async () => {
    const { TIM, chat: carol } = await enter('carol');
    const { chat: dave } = await enter('dave');
    const received = listen<Message[]>(dave, TIM.EVENT.MESSAGE_RECEIVED);
    const lists = listen<Conversation[]>(dave, TIM.EVENT.CONVERSATION_LIST_UPDATED);
    const say = (words: string) => carol.sendMessage(carol.createTextMessage({ to: 'dave', conversationType: TIM.TYPES.CONV_C2C, payload: { text: words } }));
    await say('one');
    await received.take();
    expect((await dave.getConversationList()).data).toMatchObject({ isSyncCompleted: true, conversationList: [{ conversationID: 'C2Ccarol', type: 'C2C', unreadCount: 1, userProfile: { userID: 'carol', nick: 'Carol' } }] });
    expect((await dave.getConversationList([])).data.conversationList).toEqual([]);
    expect((await dave.getConversationList(['C2Ccarol', 'C2Cnobody'])).data.conversationList).toHaveLength(1);
    expect((await dave.getConversationList({ type: TIM.TYPES.CONV_GROUP })).data.conversationList).toEqual([]);
    expect((await dave.getConversationList({ hasUnreadCount: true })).data.conversationList).toHaveLength(1);
    expect((await dave.getConversationProfile('C2Calice')).data.conversation).toMatchObject({ conversationID: 'C2Calice', unreadCount: 0, userProfile: { nick: 'Alice' } });
    await expect(dave.getConversationProfile('C2Cnobody')).rejects.toMatchObject({ code: 2501 });
    await expect(dave.getConversationProfile('nonsense')).rejects.toMatchObject({ code: 2503 });
    await dave.setMessageRead({ conversationID: 'C2Calice' });

    expect(await dave.pinConversation({ conversationID: 'C2Ccarol', isPinned: true })).toEqual({ code: 0, data: { conversationID: 'C2Ccarol' } });
    await lists.take(([first]) => first?.isPinned === true);
    expect((await dave.setMessageRemindType({ userIDList: ['carol'], messageRemindType: TIM.TYPES.MSG_REMIND_ACPT_NOT_NOTE })).data).toEqual({ successUserIDList: [{ userID: 'carol' }], failureUserIDList: [] });
    await lists.take(([first]) => first?.messageRemindType === 'AcceptNotNotify');
    expect(dave.getTotalUnreadMessageCount()).toBe(0);
    await dave.pinConversation({ conversationID: 'C2Ccarol', isPinned: false });
    expect(await dave.deleteConversation('C2Ccarol')).toEqual({ code: 0, data: { conversationID: 'C2Ccarol' } });
    await lists.take((list) => list.length === 0);

    const blacklist = listen<string[]>(dave, TIM.EVENT.BLACKLIST_UPDATED);
    expect((await dave.addToBlacklist({ userIDList: ['carol'] })).data).toEqual(['carol']);
    expect(await blacklist.take()).toEqual(['carol']);
    // The vendor's blocked sender is told of success.
    const { message } = (await say('into the void')).data;
    expect(message.status).toBe('success');
    expect((await dave.removeFromBlacklist({ userIDList: ['carol'] })).data).toEqual(['carol']);
    expect(await blacklist.take(({ length }) => length === 0)).toEqual([]);
    expect((await dave.getBlacklist()).data).toEqual([]);

    const profiles = listen<{ nick: string }[]>(dave, TIM.EVENT.PROFILE_UPDATED);
    const updated = (await dave.updateMyProfile({ nick: 'D', birthday: 20000101, profileCustomField: [{ key: 'Tag_Profile_Custom_A', value: 'x' }] })).data;
    expect(updated).toMatchObject({ userID: 'dave', nick: 'D', birthday: 20000101, profileCustomField: [{ key: 'Tag_Profile_Custom_A', value: 'x' }] });
    expect(await profiles.take()).toMatchObject([{ nick: 'D' }]);
    expect((await dave.getMyProfile()).data.nick).toBe('D');
    expect((await carol.getUserProfile({ userIDList: ['dave', 'nobody'] })).data).toMatchObject([{ userID: 'dave', nick: 'D' }]);
    await carol.destroy();
    await dave.destroy();
  }); // prettier-ignore
});

describe('groups', () => {
  test('create, tips, mentions, receipts, roles, leaving and the end', async () => {
    const { TIM, chat: alice } = await enter('alice');
    const { chat: bob } = await enter('bob');
    const received = listen<Message[]>(bob, TIM.EVENT.MESSAGE_RECEIVED);
    const groups = listen<Group[]>(bob, TIM.EVENT.GROUP_LIST_UPDATED);
    const lists = listen<Conversation[]>(bob, TIM.EVENT.CONVERSATION_LIST_UPDATED);
    const receipts = listen<{ messageID: string; readCount: number }[]>(alice, TIM.EVENT.MESSAGE_READ_RECEIPT_RECEIVED);

    const { group } = (await alice.createGroup({ name: 'Crew', type: TIM.TYPES.GRP_PUBLIC, memberList: [{ userID: 'bob' }], joinOption: TIM.TYPES.JOIN_OPTIONS_FREE_ACCESS })).data;
    const { groupID } = group;
    expect(groupID).toMatch(/^@TGS#/);
    expect(group).toMatchObject({ name: 'Crew', type: 'Public', ownerID: 'alice', memberCount: 2, joinOption: 'FreeAccess', selfInfo: { role: 'Owner' } });
    const [tip] = await received.take(([one]) => one?.type === TIM.TYPES.MSG_GRP_TIP);
    expect(tip).toMatchObject({ conversationID: `GROUP${groupID}`, payload: { operationType: TIM.TYPES.GRP_TIP_MBR_JOIN, operatorID: 'alice', userIDList: ['bob'] } });
    await groups.take((list) => list.some((one) => one.groupID === groupID));
    expect((await bob.getGroupList()).data.groupList.map((one) => one.groupID)).toEqual([groupID]);

    const to = { to: groupID, conversationType: TIM.TYPES.CONV_GROUP };
    const at = alice.createTextAtMessage({ ...to, payload: { text: '@bob @all', atUserList: ['bob', TIM.TYPES.MSG_AT_ALL] }, needReadReceipt: true });
    await alice.sendMessage(at);
    const [got] = await received.take(([one]) => one?.ID === at.ID);
    expect(got).toMatchObject({ atUserList: ['bob', TIM.TYPES.MSG_AT_ALL], needReadReceipt: true, conversationType: 'GROUP', to: groupID });
    const withAt = await lists.take((list) => (list[0]?.groupAtInfoList.length ?? 0) > 0);
    expect(withAt[0]?.groupAtInfoList).toEqual([{ groupID, messageSequence: at.sequence, atTypeArray: [3], from: 'alice' }]);
    await bob.sendMessageReadReceipt([got as Message]);
    expect(await receipts.take()).toEqual([{ messageID: at.ID, groupID, readCount: 1, unreadCount: 0 }]);
    expect(at.readReceiptInfo).toEqual({ readCount: 1, unreadCount: 0 });
    expect((await alice.getMessageReadReceiptList([at])).data.messageList[0]?.readReceiptInfo).toEqual({ readCount: 1, unreadCount: 0 });
    expect((await alice.getGroupMessageReadMemberList({ message: at, cursor: '', filter: 0, count: 10 })).data).toMatchObject({ isCompleted: true, readUserIDList: ['bob'] });
    await expect(bob.sendMessageReadReceipt([tip as Message])).rejects.toMatchObject({ code: 2114 });
    expect((await bob.getMessageListHopping({ conversationID: `GROUP${groupID}`, sequence: at.sequence, direction: 0 })).data.messageList.map(({ ID }) => ID)).toEqual([tip?.ID, at.ID]);

    expect((await alice.getGroupMemberList({ groupID, count: 1, offset: 1 })).data.memberList).toMatchObject([{ userID: 'bob', role: 'Member' }]);
    expect((await alice.setGroupMemberRole({ groupID, userID: 'bob', role: TIM.TYPES.GRP_MBR_ROLE_ADMIN })).data.member).toMatchObject({ userID: 'bob', role: 'Admin' });
    const [promoted] = await received.take(([one]) => one?.payload.operationType === TIM.TYPES.GRP_TIP_MBR_SET_ADMIN);
    expect(promoted?.payload.userIDList).toEqual(['bob']);
    expect((await alice.updateGroupProfile({ groupID, name: 'Crew 2' })).data.group.name).toBe('Crew 2');
    const [renamed] = await received.take(([one]) => one?.payload.operationType === TIM.TYPES.GRP_TIP_GRP_PROFILE_UPDATED);
    expect(renamed?.payload.newGroupProfile).toMatchObject({ groupName: 'Crew 2' });
    await expect(alice.updateGroupProfile({ groupID, muteAllMembers: true })).rejects.toMatchObject({ code: 3122 });
    await expect(alice.quitGroup(groupID)).rejects.toMatchObject({ code: 10009 });
    expect((await alice.changeGroupOwner({ groupID, newOwnerID: 'bob' })).data.group.ownerID).toBe('bob');
    expect((await alice.quitGroup(groupID)).data).toEqual({ groupID });
    expect((await alice.joinGroup({ groupID })).data).toMatchObject({ status: 'JoinedSuccess', group: { groupID } });
    expect((await alice.joinGroup({ groupID })).data.status).toBe('AlreadyInGroup');
    expect((await bob.deleteGroupMember({ groupID, userIDList: ['alice'], reason: 'bye' })).data.userIDList).toEqual(['alice']);
    await expect(alice.sendMessage(alice.createTextMessage({ ...to, payload: { text: 'still here?' } }))).rejects.toMatchObject({ code: 10007, data: { message: { status: 'fail' } } });
    expect((await bob.dismissGroup(groupID)).data).toEqual({ groupID });
    await groups.take((list) => list.length === 0);
    await expect(bob.getGroupProfile({ groupID })).rejects.toMatchObject({ code: 10010 });
    await alice.destroy();
    await bob.destroy();
  }); // prettier-ignore
});

describe('sessions', () => {
  test('repeat login, wrong tokens, a kick, and a fresh login after it', async () => {
    const { TIM, chat } = await enter('carol');
    const { userSig } = await server.credentials('carol');
    expect((await chat.login({ userID: 'carol', userSig })).data.repeatLogin).toBe(true);
    const order: string[] = [];
    const kicked = listen<{ type: string }>(chat, TIM.EVENT.KICKED_OUT);
    chat.on(TIM.EVENT.SDK_NOT_READY, () => order.push('not ready'));
    chat.on(TIM.EVENT.KICKED_OUT, () => order.push('kicked'));
    await server.admin('session.kick', { userId: 'carol' });
    expect(await kicked.take()).toEqual({ type: TIM.TYPES.KICKED_OUT_REST_API });
    expect(order).toEqual(['not ready', 'kicked']);
    await expect(chat.getMyProfile()).rejects.toMatchObject({ code: 2024 });
    await expect(chat.login({ userID: 'dave', userSig })).rejects.toMatchObject({ code: 70013 });
    await expect(chat.login({ userID: 'carol', userSig: `${userSig.slice(0, 40)}` })).rejects.toMatchObject({
      code: 70003,
    });
    const both = await Promise.allSettled([
      chat.login({ userID: 'carol', userSig }),
      chat.login({ userID: 'carol', userSig }),
    ]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(both[1]).toMatchObject({ reason: { code: 2025 } });
    await chat.destroy();
  });

  test('a second device of mine shows what the first does', async () => {
    const { TIM, chat: phone } = await enter('alice');
    const { chat: laptop } = await enter('alice');
    const received = listen<Message[]>(laptop, TIM.EVENT.MESSAGE_RECEIVED);
    const own = phone.createTextMessage({
      to: 'dave',
      conversationType: TIM.TYPES.CONV_C2C,
      payload: { text: 'from my phone' },
    });
    await phone.sendMessage(own);
    const [copy] = await received.take();
    expect(copy).toMatchObject({
      ID: own.ID,
      flow: 'out',
      from: 'alice',
      to: 'dave',
      conversationID: 'C2Cdave',
      status: 'success',
    });
    await phone.deleteMessage([own]);
    expect(own.isDeleted).toBe(true);
    expect(
      (await laptop.getMessageList({ conversationID: 'C2Cdave' })).data.messageList.map(({ ID }) => ID),
    ).not.toContain(own.ID);
    await phone.destroy();
    await laptop.destroy();
  });
});

describe('facts apps rely on', () => {
  test('a message of another dialect has the same ID on every TIM client', async () => {
    const { TIM, chat: phone } = await enter('alice');
    const { chat: laptop } = await enter('alice');
    const lists = [phone, laptop].map((chat) => listen<Message[]>(chat, TIM.EVENT.MESSAGE_RECEIVED));
    await server.admin('message.send', { ref: 'u:alice', clientId: 'zim:elsewhere:1', content: { type: 'custom', flavour: 'named', data: '', name: 'poke', fields: { n: '1' } } }, { user: 'carol' });
    const [[one], [two]] = (await Promise.all(lists.map((list) => list.take()))) as [Message[], Message[]];
    expect(one).toMatchObject({ from: 'carol', type: 'TIMCustomElem', payload: { data: '{"customEvent":"poke","customExts":{"n":"1"}}', description: 'poke' } });
    expect(one?.ID).toMatch(/^144115\d{12}-\d+-\d+$/);
    expect(two?.ID).toBe(one?.ID);
    expect((await laptop.getMessageList({ conversationID: 'C2Ccarol' })).data.messageList.at(-1)).toBe(two);
    await phone.destroy();
    await laptop.destroy();
  }); // prettier-ignore

  test('one message: received, then the list, then the total; the list is changed already', async () => {
    const { TIM, chat: dave } = await enter('dave');
    const { chat: carol } = await enter('carol');
    const say = (words: string) =>
      carol.sendMessage(
        carol.createTextMessage({ to: 'dave', conversationType: TIM.TYPES.CONV_C2C, payload: { text: words }, needReadReceipt: true }),
      );
    const arrived = listen(dave, TIM.EVENT.MESSAGE_RECEIVED);
    await say('known to both');
    await arrived.take();
    await dave.setMessageRead({ conversationID: 'C2Ccarol' });
    const before = dave.getTotalUnreadMessageCount();
    const order: string[] = [];
    const total = listen<number>(dave, TIM.EVENT.TOTAL_UNREAD_MESSAGE_COUNT_UPDATED);
    dave.on(TIM.EVENT.MESSAGE_RECEIVED, () => order.push(`received ${dave.getTotalUnreadMessageCount() - before}`));
    dave.on(TIM.EVENT.CONVERSATION_LIST_UPDATED, ({ data }) => order.push(`list ${data[0]?.conversationID}`));
    dave.on(TIM.EVENT.TOTAL_UNREAD_MESSAGE_COUNT_UPDATED, ({ data }) => order.push(`total ${data - before}`));
    await dave.setMessageRemindType({ userIDList: ['carol'], messageRemindType: TIM.TYPES.MSG_REMIND_ACPT_AND_NOTE });
    await say('in order');
    await total.take((count) => count === before + 1);
    // What the remind type still had to tell may come first.
    expect(order.slice(Math.max(0, order.indexOf('received 1')))).toEqual(['received 1', 'list C2Ccarol', 'total 1']);

    const receipts = listen<unknown[]>(carol, TIM.EVENT.MESSAGE_READ_RECEIPT_RECEIVED);
    const newest = (await dave.getMessageList({ conversationID: 'C2Ccarol' })).data.messageList.at(-1) as Message;
    await dave.sendMessageReadReceipt([newest]);
    expect(await receipts.take()).toEqual([{ messageID: newest.ID, userID: 'dave', isPeerRead: true }]);
    expect(dave.getTotalUnreadMessageCount()).toBe(before + 1);
    await carol.destroy();
    await dave.destroy();
  }); // prettier-ignore

  test('a refused message fails, is changed, and goes out when sent again; one that waits for the network goes out once', async () => {
    const proxy = await server.proxy();
    const { TIM, chat: bob } = await enter('bob', proxy.url);
    const { chat: alice } = await enter('alice');
    const received = listen<Message[]>(alice, TIM.EVENT.MESSAGE_RECEIVED);
    const net = listen<{ state: string }>(bob, TIM.EVENT.NET_STATE_CHANGE);
    const to = { to: 'alice', conversationType: TIM.TYPES.CONV_C2C };
    const long = bob.createTextMessage({ ...to, payload: { text: 'x'.repeat(20_000) } });
    const { ID } = long;
    await expect(bob.sendMessage(long)).rejects.toMatchObject({ code: 80002, data: { message: long } });
    expect(long.status).toBe('fail');
    long.payload.text = 'shorter';
    await bob.resendMessage(long);
    expect(long).toMatchObject({ ID, status: 'success', isResend: true });
    expect((await received.take())[0]).toMatchObject({ ID, payload: { text: 'shorter' } });

    proxy.block();
    await net.take(({ state }) => state !== 'connected');
    const later = bob.createTextMessage({ ...to, payload: { text: 'later' } });
    const sending = bob.sendMessage(later);
    expect(later.status).toBe('unSend');
    proxy.restore();
    await sending;
    expect((await received.take())[0]).toMatchObject({ ID: later.ID, payload: { text: 'later' } });
    await bob.destroy();
    await alice.destroy();
  }); // prettier-ignore

  test('handlers bound before login hear SDK_READY once each login; another user finds nothing of the first', async () => {
    vi.resetModules();
    const { default: TIM } = await import('@magpie/tim');
    const chat = TIM.create({ SDKAppID: 1400000001, proxyServer: server.url.replace('http', 'ws') });
    made.push(chat);
    const ready = listen(chat, TIM.EVENT.SDK_READY);
    const { userSig } = await server.credentials('alice');
    await chat.login({ userID: 'alice', userSig });
    await ready.take();
    expect([chat.isReady(), chat.getLoginUser()]).toEqual([true, 'alice']);
    expect(Math.abs(Number(chat.getServerTime()) - Date.now() / 1000)).toBeLessThan(5);
    const mine = chat.createTextMessage({ to: 'bob', conversationType: TIM.TYPES.CONV_C2C, payload: { text: 'mine' } });
    await chat.sendMessage(mine);
    await chat.logout();
    expect(chat.isReady()).toBe(false);
    const { userSig: other } = await server.credentials('dave');
    await chat.login({ userID: 'dave', userSig: other });
    await ready.take();
    expect(ready.seen).toEqual([]);
    expect(chat.findMessage(mine.ID)).toBeNull();
    expect((await chat.getConversationList()).data.conversationList.map(({ conversationID }) => conversationID)).not.toContain('C2Cbob');
    await expect(chat.login({ userID: 'alice', userSig })).rejects.toMatchObject({ code: 2025 });
    await chat.destroy();
  }); // prettier-ignore

  test('bound late, after everything was ready, SDK_READY is still heard, once', async () => {
    vi.resetModules();
    const { default: TIM } = await import('@magpie/tim');
    const chat = TIM.create({ SDKAppID: 1400000001, proxyServer: server.url });
    made.push(chat);
    const groups = listen(chat, TIM.EVENT.GROUP_LIST_UPDATED);
    const { userSig } = await server.credentials('bob');
    await chat.login({ userID: 'bob', userSig });
    await groups.take();
    await chat.getMyProfile();
    expect(chat.isReady()).toBe(true);
    const late = listen(chat, TIM.EVENT.SDK_READY);
    await late.take();
    const later = listen(chat, TIM.EVENT.SDK_READY);
    await chat.getMyProfile();
    expect([late.seen, later.seen]).toEqual([[], []]);
    await chat.destroy();
  });

  test('a history goes on from an ID of an earlier login', async () => {
    const { TIM, chat } = await enter('carol');
    for (let i = 0; i < 5; i++) await chat.sendMessage(chat.createTextMessage({ to: 'bob', conversationType: TIM.TYPES.CONV_C2C, payload: { text: `h${i}` } }));
    const texts = (list: readonly Message[]): string[] => list.map(({ payload }) => payload.text);
    const first = (await chat.getMessageList({ conversationID: 'C2Cbob', count: 2 })).data;
    expect(texts(first.messageList)).toEqual(['h3', 'h4']);
    await chat.logout();
    const { userSig } = await server.credentials('carol');
    await chat.login({ userID: 'carol', userSig });
    const second = (await chat.getMessageList({ conversationID: 'C2Cbob', count: 2, nextReqMessageID: first.nextReqMessageID })).data;
    expect(texts(second.messageList)).toEqual(['h1', 'h2']);
    // An object of then is still good for a recall now.
    const [kept] = first.messageList;
    expect((await chat.revokeMessage({ ...(kept as Message) })).data.message).toMatchObject({ isRevoked: true });
    expect((await chat.getMessageListHopping({ conversationID: 'C2Cbob', time: kept?.time ?? 0, count: 20 })).data.messageList.find(({ ID }) => ID === kept?.ID)?.isRevoked).toBe(true);
    await chat.destroy();
  }); // prettier-ignore
});
