import WebIM, { type EasemobChat } from '@magpie/webim';
import { createTestServer, type TestServer } from '@magpie/testkit/network';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createApp, held, plain, type App, type AppOptions, type Hold } from './webim-app.ts';

const { statusCode } = WebIM;
/** A 1×1 PNG. */
const PIXEL = Uint8Array.from(
  atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='),
  (letter) => letter.charCodeAt(0),
);
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => 'it succeeded',
    (error: unknown) => error,
  );

describe.each([
  ['plain objects', plain],
  ['objects in a reactive store', held],
] as const)('the WebIM story, with %s', (_, hold: Hold) => {
  let server: TestServer;
  let apps: App[] = [];
  let made = 0;

  beforeAll(async () => {
    server = await createTestServer();
  });
  afterAll(() => server.close());
  afterEach(() => {
    for (const { conn } of apps) conn.close();
    apps = [];
  });

  async function app(user: string, options?: AppOptions): Promise<App> {
    const one = await createApp(server, user, hold, options);
    apps.push(one);
    return one;
  }

  async function online(user: string, options?: AppOptions): Promise<App> {
    const one = await app(user, options);
    await one.login();
    await one.event('onOfflineMessageSyncFinish');
    return one;
  }

  /** Two users nobody else has written to. */
  async function pair(options?: AppOptions): Promise<[App, App]> {
    const n = ++made;
    return [await online(`ann${n}`), await online(`ben${n}`, options)];
  }

  it('logs in, sends, receives, reads', async () => {
    const ann = await app('ann');
    const done = ann.login().then((result) => [result, [...ann.order]] as const);
    const [login, before] = await done;
    expect(before[0]).toBe('onConnected');
    expect(login).toMatchObject({ accessToken: expect.any(String), expireTimestamp: expect.any(Number) });
    expect(ann.conn).toMatchObject({
      user: 'ann',
      grantType: 'accessToken',
      apiUrl: server.url,
      orgName: 'magpie',
      appName: 'demo',
    });
    expect(ann.conn.context.accessToken).toBe(login.accessToken);
    expect(ann.conn.isOpened()).toBe(true);
    const ben = await online('ben');
    expect(ben.order.slice(0, 3)).toEqual([
      'onConnected',
      'onOfflineMessageSyncStart',
      'onOfflineMessageSyncFinish',
    ]);

    const sent = await ann.text('BEN', 'hello', { ext: { n: 1, em_at_list: ['ben'] } });
    expect(sent).toMatchObject({
      localMsgId: expect.stringMatching(/^\d+$/),
      serverMsgId: expect.stringMatching(/^\d+$/),
    });
    expect(sent.message).toMatchObject({
      id: sent.serverMsgId,
      from: 'ann',
      to: 'ben',
      type: 'txt',
      msg: 'hello',
    });
    const got = await ben.event('onTextMessage');
    expect(got).toMatchObject({
      id: sent.serverMsgId,
      from: 'ann',
      to: 'ben',
      chatType: 'singleChat',
      msg: 'hello',
      ext: { n: 1, em_at_list: ['ben'] },
      onlineState: 1,
    });
    expect(ben.all('onMessage')).toEqual([[got]]);
    expect(ann.all('onReceivedMessage')).toMatchObject([{ id: sent.localMsgId, mid: sent.serverMsgId }]);
    expect(await ann.event('onDeliveredMessage')).toMatchObject({
      type: 'delivery',
      mid: sent.serverMsgId,
      from: 'ben',
      to: 'ann',
    });
    // The app may go on writing into what it was handed.
    Object.assign(got, { mine: true });

    await ben.conn.send(
      hold(
        WebIM.message.create({
          type: 'read',
          chatType: 'singleChat',
          to: 'ann',
          id: got.id,
          ackContent: 'ok',
        }),
      ),
    );
    expect(await ann.event('onReadMessage')).toMatchObject({
      type: 'read',
      mid: sent.serverMsgId,
      from: 'ben',
      to: 'ann',
      ackContent: 'ok',
    });
    const list = await ben.conn.getServerConversations({ pageSize: 10, cursor: '' });
    expect(list.data?.conversations).toMatchObject([
      {
        conversationId: 'ann',
        conversationType: 'singleChat',
        unReadCount: 1,
        isPinned: false,
        pinnedTime: 0,
        lastMessage: { msg: 'hello' },
      },
    ]);
    await ben.conn.send(hold(WebIM.message.create({ type: 'channel', chatType: 'singleChat', to: 'ann' })));
    expect(await ann.event('onChannelMessage')).toMatchObject({
      type: 'channel',
      from: 'ben',
      to: 'ann',
      chatType: 'singleChat',
    });
    const read = await ben.conn.getServerConversations();
    expect(read.data?.conversations[0]?.unReadCount).toBe(0);
    const history = await ann.conn.getHistoryMessages({ targetId: 'ben', chatType: 'singleChat' });
    expect(history.messages[0]).toMatchObject({ id: sent.serverMsgId, isRead: true });
  });

  it('reads history in both directions, by page, and recalls', async () => {
    const [ann, ben] = await pair();
    for (const msg of ['one', 'two', 'three', 'four', 'five']) await ann.text(ben.user, msg);
    const page = (options: object) =>
      ben.conn.getHistoryMessages({ targetId: ann.user, chatType: 'singleChat', pageSize: 2, ...options });
    const texts = ({ messages }: EasemobChat.HistoryMessages) =>
      messages.map((one) => (one.type === 'txt' ? one.msg : one.type));
    const first = await page({ cursor: -1 });
    expect([texts(first), first.isLast]).toEqual([['five', 'four'], false]);
    const second = await page({ cursor: first.cursor });
    expect(texts(second)).toEqual(['three', 'two']);
    const third = await page({ cursor: second.cursor });
    expect([texts(third), third.isLast, third.cursor]).toEqual([['one'], true, undefined]);
    // The oldest message's id serves as a cursor too.
    expect(texts(await page({ cursor: second.messages[1]?.id }))).toEqual(['one']);
    expect(texts(await page({ searchDirection: 'down' }))).toEqual(['one', 'two']);
    expect(texts(await page({ pageSize: 50, searchOptions: { msgTypes: ['img'] } }))).toEqual([]);
    expect(await ben.conn.fetchHistoryMessages({ queue: ann.user, count: 3 })).toMatchObject([
      { msg: 'three' },
      { msg: 'four' },
      { msg: 'five' },
    ]);
    expect(await ben.conn.fetchHistoryMessages({ queue: ann.user, count: 3 })).toMatchObject([
      { msg: 'one' },
      { msg: 'two' },
    ]);

    const last = first.messages[0]?.id ?? '';
    await ann.conn.recallMessage({ mid: last, to: ben.user, chatType: 'singleChat', ext: 'sorry' });
    expect(await ben.event('onRecallMessage')).toMatchObject({
      mid: last,
      from: ann.user,
      to: ben.user,
      ext: 'sorry',
    });
    expect(ann.all('onRecallMessage')).toEqual([]);
    expect(texts(await page({}))).toEqual(['four', 'three']);
    const list = await ben.conn.getServerConversations();
    expect(list.data?.conversations).toMatchObject([{ lastMessage: { msg: 'four' }, unReadCount: 4 }]);
    expect(await failure(ben.conn.recallMessage({ mid: '', to: 'x' }))).toMatchObject({
      type: statusCode.MESSAGE_PARAMETER_ERROR,
    });

    await ben.conn.removeHistoryMessages({
      targetId: ann.user,
      chatType: 'singleChat',
      messageIds: [first.messages[1]?.id ?? ''],
    });
    expect(texts(await page({}))).toEqual(['three', 'two']);
    await ben.conn.removeHistoryMessages({
      targetId: ann.user,
      chatType: 'singleChat',
      beforeTimeStamp: Date.now(),
    });
    expect(texts(await page({}))).toEqual([]);
    expect(
      texts(await ann.conn.getHistoryMessages({ targetId: ben.user, chatType: 'singleChat' })),
    ).toHaveLength(4);
  });

  it('carries every type, and files that can be loaded', async () => {
    const [ann, ben] = await pair();
    const send = (body: object) =>
      ann.conn.send(
        hold(
          WebIM.message.create({
            chatType: 'singleChat',
            to: ben.user,
            ...body,
          } as EasemobChat.CreateMsgType),
        ),
      );
    const progress: number[] = [];
    const uploads: EasemobChat.UploadFileResult[] = [];
    await send({ type: 'loc', addr: 'Bund', buildingName: 'Clock', lat: 31.2, lng: 121.5 });
    expect(await ben.event('onLocationMessage')).toMatchObject({
      addr: 'Bund',
      buildingName: 'Clock',
      lat: 31.2,
      lng: 121.5,
    });
    await send({ type: 'custom', customEvent: 'gift', customExts: { rose: '3' } });
    expect(await ben.event('onCustomMessage')).toMatchObject({
      customEvent: 'gift',
      customExts: { rose: '3' },
    });
    await send({ type: 'cmd', action: 'TypingBegin' });
    expect(await ben.event('onCmdMessage', ({ action }) => action === 'TypingBegin')).toMatchObject({
      from: ann.user,
      deliverOnlineOnly: true,
    });
    await send({ type: 'cmd', action: 'refresh', ext: { what: 'all' } });
    expect(await ben.event('onCmdMessage', ({ action }) => action === 'refresh')).toMatchObject({
      ext: { what: 'all' },
    });

    const file = { url: '', filename: 'dot.png', filetype: 'png', data: PIXEL };
    const sent = await send({
      type: 'img',
      file,
      onFileUploadProgress: ({ loaded }: { loaded: number }) => progress.push(loaded),
      onFileUploadComplete: (result: EasemobChat.UploadFileResult) => uploads.push(result),
    });
    const image = await ben.event('onImageMessage');
    expect(image).toMatchObject({
      id: sent.serverMsgId,
      filename: 'dot.png',
      width: 1,
      height: 1,
      file_length: PIXEL.length,
      isGif: false,
    });
    for (const url of [image.url, image.thumb, image.bigImageUrl]) {
      const answer = await fetch(url ?? '');
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/png']);
    }
    expect(progress.at(-1)).toBe(PIXEL.length);
    expect(uploads).toMatchObject([
      { entities: [{ type: 'chatfile', uuid: expect.stringMatching(/^\w{32}$/) }] },
    ]);
    await send({
      type: 'audio',
      filename: 'a.mp3',
      body: { url: 'https://cdn.example/a.mp3', type: 'audio', filename: 'a.mp3', length: '3' },
    });
    expect(await ben.event('onAudioMessage')).toMatchObject({ url: 'https://cdn.example/a.mp3', length: 3 });

    expect(
      await failure(
        send({ type: 'combine', title: 't', summary: 's', compatibleText: 'c', messageList: [] }),
      ),
    ).toMatchObject({ type: 53 });
    expect(await failure(send({ type: 'txt', msg: 'x'.repeat(20_000) }))).toMatchObject({
      type: statusCode.MESSAGE_SIZE_LIMIT,
    });
    expect(await failure(send({ type: 'txt', msg: 'hi', to: '' }))).toMatchObject({
      type: statusCode.MESSAGE_PARAMETER_ERROR,
    });
    expect(
      await failure(send({ type: 'txt', msg: 'hi', chatType: 'groupChat', to: 'nogroup' })),
    ).toMatchObject({ type: expect.any(Number) });
  });

  it('drops and resumes: nothing missed, nothing twice', async () => {
    const proxy = await server.proxy();
    const [ann, ben] = await pair({ at: proxy.url });
    await ann.text(ben.user, 'before');
    await ben.event('onTextMessage', ({ msg }) => msg === 'before');
    ben.forget();
    proxy.block();
    await ben.event('onDisconnected');
    expect(ben.conn.isOpened()).toBe(false);
    await ann.text(ben.user, 'while away');
    const offline = ben.text(ann.user, 'from the tunnel');
    proxy.restore();
    await ben.event('onConnected');
    await ben.event('onTextMessage', ({ msg }) => msg === 'while away');
    expect((await offline).serverMsgId).toMatch(/^\d+$/);
    await ann.event('onTextMessage', ({ msg }) => msg === 'from the tunnel');
    await ann.text(ben.user, 'after');
    await ben.event('onTextMessage', ({ msg }) => msg === 'after');
    expect(ben.all('onTextMessage').map(({ msg }) => msg)).toEqual(['while away', 'after']);
    expect(ben.order).toContain('onReconnecting');
    expect(ben.all('onError')).toMatchObject([{ type: statusCode.WEBIM_CONNCTION_DISCONNECTED }]);
    expect(ben.conn.isOpened()).toBe(true);
  });

  it('raises what no device has had at the next login', async () => {
    const [ann, ben] = await pair();
    ben.conn.close();
    await ben.event('onDisconnected');
    expect(ben.conn.isOpened()).toBe(false);
    await ann.text(ben.user, 'one');
    await ann.text(ben.user, 'two');
    ben.forget();
    await ben.login();
    await ben.event('onOfflineMessageSyncFinish');
    expect(ben.all('onTextMessage')).toMatchObject([
      { msg: 'one', onlineState: 0 },
      { msg: 'two', onlineState: 0 },
    ]);
    expect(ben.order.filter((name) => name !== 'onMessage')).toEqual([
      ...[
        'onConnected',
        'onOfflineMessageSyncStart',
        'onTextMessage',
        'onTextMessage',
        'onOfflineMessageSyncFinish',
      ],
    ]);
  });

  it('pins, deletes, blocks; another device of mine sees it', async () => {
    const [ann, ben] = await pair();
    const second = await online(ben.user);
    await ann.text(ben.user, 'hi');
    await Promise.all([ben.event('onTextMessage'), second.event('onTextMessage')]);
    const pinned = await ben.conn.pinConversation({
      conversationId: ann.user,
      conversationType: 'singleChat',
      isPinned: true,
    });
    expect(pinned.data).toMatchObject({ isPinned: true, pinnedTime: expect.any(Number) });
    expect(await second.event('onMultiDeviceEvent')).toMatchObject({
      operation: 'pinnedConversation',
      conversationId: ann.user,
      conversationType: 'singleChat',
    });
    const list = await second.conn.getServerPinnedConversations();
    expect(list.data?.conversations).toMatchObject([{ conversationId: ann.user, isPinned: true }]);
    const old = await ben.conn.getConversationlist();
    expect(old.data?.channel_infos).toMatchObject([
      { channel_id: `magpie#demo_${ann.user}@easemob.com`, unread_num: 1 },
    ]);
    const oldest = await ben.conn.getSessionList();
    expect(JSON.parse(oldest.data?.channel_infos[0]?.meta.payload ?? '')).toMatchObject({
      bodies: [{ msg: 'hi', type: 'txt' }],
    });

    await ben.text(ann.user, 'from my first device');
    expect(await second.event('onTextMessage', ({ msg }) => msg === 'from my first device')).toMatchObject({
      from: ben.user,
      to: ann.user,
    });
    await ben.conn.deleteConversation({ channel: ann.user, chatType: 'singleChat', deleteRoam: true });
    await second.event('onMultiDeviceEvent', ({ operation }) => operation === 'deleteConversation');
    expect((await second.conn.getServerConversations()).data?.conversations).toEqual([]);
    expect(ben.all('onMultiDeviceEvent')).toEqual([]);

    await ben.conn.addUsersToBlocklist({ name: [ann.user.toUpperCase()] });
    expect((await ben.conn.getBlocklist()).data).toEqual([ann.user]);
    expect(await failure(ann.text(ben.user, 'are you there'))).toMatchObject({
      type: statusCode.PERMISSION_DENIED,
    });
    await ben.conn.removeUserFromBlocklist({ name: ann.user });
    expect((await ben.conn.getBlacklist()).data).toEqual([]);
    await ann.text(ben.user, 'there you are');
  });

  it('keeps user attributes', async () => {
    const [ann, ben] = await pair();
    const info = {
      nickname: 'Ann',
      avatarurl: 'https://x.example/a.png',
      mail: 'a@x.example',
      phone: '1',
      gender: '2',
      sign: 's',
      birth: '2000',
      ext: '{"a":1}',
    };
    expect((await ann.conn.updateUserInfo(hold(info))).data).toEqual(info);
    expect((await ann.conn.updateUserInfo('nickname', 'Anna')).data).toMatchObject({ nickname: 'Anna' });
    const found = await ben.conn.fetchUserInfoById([ann.user, ben.user], ['nickname', 'sign']);
    expect(found.data).toEqual({ [ann.user]: { nickname: 'Anna', sign: 's' }, [ben.user]: {} });
  });

  it('groups: made, joined, spoken in, read, changed, left and ended', async () => {
    const [ann, ben] = await pair();
    const cat = await online(`cat${made}`);
    const created = await ann.conn.createGroup({
      data: {
        groupname: 'Club',
        desc: 'about',
        members: [ben.user],
        public: true,
        approval: false,
        allowinvites: false,
        inviteNeedConfirm: false,
      },
    });
    const groupId = created.data?.groupid ?? '';
    expect(await ben.event('onGroupEvent')).toMatchObject({
      operation: 'directJoined',
      id: groupId,
      from: ann.user,
    });
    await cat.conn.joinGroup({ groupId, message: '' });
    expect(await ann.event('onGroupEvent', ({ operation }) => operation === 'memberPresence')).toMatchObject({
      from: cat.user,
      memberCount: 3,
    });
    const info = await ben.conn.getGroupInfo({ groupId });
    expect(info.data).toMatchObject([
      {
        id: groupId,
        name: 'Club',
        description: 'about',
        owner: ann.user,
        public: true,
        membersonly: false,
        affiliations_count: 3,
      },
    ]);
    expect((await ben.conn.getJoinedGroups({ pageNum: 1, pageSize: 20 })).data).toEqual([
      { groupid: groupId, groupname: 'Club' },
    ]);
    expect((await ben.conn.getJoinedGroups({ pageNum: 0, pageSize: 20, needRole: true })).data).toMatchObject(
      [{ groupId, role: 'member' }],
    );

    const sent = await ann.text(groupId, 'all here?', {
      chatType: 'groupChat',
      msgConfig: { allowGroupAck: true },
    });
    const got = await ben.event('onTextMessage');
    expect(got).toMatchObject({
      chatType: 'groupChat',
      to: groupId,
      from: ann.user,
      msgConfig: { allowGroupAck: true },
    });
    await ben.conn.send(
      WebIM.message.create({ type: 'read', chatType: 'groupChat', to: groupId, id: got.id }),
    );
    expect(await ann.event('onReadMessage')).toMatchObject({
      mid: sent.serverMsgId,
      groupReadCount: { [sent.serverMsgId]: 1 },
    });
    const readers = await ann.conn.getGroupMsgReadUser({ groupId, msgId: sent.serverMsgId });
    expect(readers.data).toMatchObject({ total: 1, userlist: [ben.user], is_last: true });

    await ann.conn.setGroupAdmin({ groupId, username: ben.user });
    expect(await ben.event('onGroupEvent', ({ operation }) => operation === 'setAdmin')).toMatchObject({
      from: ann.user,
    });
    expect((await ann.conn.getGroupAdmin({ groupId })).data).toEqual([ben.user]);
    expect((await ann.conn.listGroupMembers({ groupId, pageNum: 1, pageSize: 10 })).data).toHaveLength(3);
    await ann.conn.modifyGroup({ groupId, groupName: 'Circle' });
    expect(await ben.event('onGroupEvent', ({ operation }) => operation === 'updateInfo')).toMatchObject({
      detail: { name: 'Circle' },
    });
    await ann.conn.updateGroupAnnouncement({ groupId, announcement: 'read me' });
    expect(
      await ben.event('onGroupEvent', ({ operation }) => operation === 'updateAnnouncement'),
    ).toMatchObject({ announcement: 'read me' });
    expect((await ben.conn.fetchGroupAnnouncement({ groupId })).data).toEqual({ announcement: 'read me' });
    expect((await ann.conn.removeGroupMember({ groupId, username: cat.user })).data).toEqual({
      action: 'remove_member',
      groupid: groupId,
      result: true,
      user: cat.user,
    });
    expect(await cat.event('onGroupEvent', ({ operation }) => operation === 'removeMember')).toMatchObject({
      id: groupId,
      userId: cat.user,
    });
    expect(await failure(cat.text(groupId, 'hey', { chatType: 'groupChat' }))).toMatchObject({
      type: statusCode.GROUP_NOT_JOINED,
    });
    await ann.conn.changeGroupOwner({ groupId, newOwner: ben.user });
    expect(await ben.event('onGroupEvent', ({ operation }) => operation === 'changeOwner')).toMatchObject({
      id: groupId,
    });
    await ann.conn.leaveGroup({ groupId });
    await ben.event('onGroupEvent', ({ operation }) => operation === 'memberAbsence');
    await ben.conn.destroyGroup({ groupId });
    expect(ann.all('onGroupEvent').map(({ operation }) => operation)).not.toContain('create');
  });

  it('tokens: renewed, wrong, and passwords', async () => {
    const [ann] = await pair();
    const { webimToken } = await server.credentials(ann.user);
    expect(await ann.conn.renewToken(webimToken)).toMatchObject({ status: true, token: webimToken });
    expect(await failure(ann.conn.open({ user: ann.user, accessToken: webimToken }))).toMatchObject({
      type: statusCode.WEBIM_USER_ALREADY_LOGIN,
    });

    const wrong = await app('wrong');
    const told: unknown[] = [];
    const refused = failure(
      wrong.conn.open({ user: 'wrong', accessToken: 'nonsense', error: (error: never) => told.push(error) }),
    );
    expect(await refused).toMatchObject({ type: statusCode.WEBIM_CONNCTION_AUTH_ERROR });
    expect(told).toEqual([await refused]);
    expect(wrong.order).toEqual(['onDisconnected', 'onError']);
    expect(await failure(wrong.conn.open({ user: 'someone-else', accessToken: webimToken }))).toMatchObject({
      type: statusCode.WEBIM_CONNCTION_AUTH_ERROR,
    });
    expect(await failure(wrong.text('ann', 'x'))).toMatchObject({ type: statusCode.WEBIM_CONNECTION_CLOSED });

    const name = `pat${made}`;
    const registered = await wrong.conn.registerUser({ username: name, password: 'secret', nickname: 'Pat' });
    expect(registered.entities).toMatchObject([
      { username: name, nickname: 'Pat', activated: true, type: 'user' },
    ]);
    const bad = await failure(wrong.conn.open({ user: name, pwd: 'not it' }));
    expect(bad).toMatchObject({
      type: statusCode.WEBIM_CONNCTION_OPEN_ERROR,
      data: { data: { error_description: 'invalid password' } },
    });
    const login = await wrong.conn.open({ user: name.toUpperCase(), pwd: 'secret' });
    expect(wrong.conn).toMatchObject({ user: name, grantType: 'password', token: login.accessToken });
  });

  it('a login of the same device replaces the first', async () => {
    const device = { options: { deviceId: 'phone' } };
    const first = await online('kim', device);
    const second = await app('kim', device);
    second.conn.setLoginInfoCustomExt('the newer one');
    await second.login();
    const reason = await first.event('onDisconnected');
    expect(reason).toMatchObject({
      type: statusCode.WEBIM_CONNCTION_USER_LOGIN_ANOTHER_DEVICE,
      data: { loginInfoCustomExt: 'the newer one' },
    });
    expect(first.conn.isOpened()).toBe(false);
    expect(second.conn.isOpened()).toBe(true);
  });

  it('ids are shown and written in lower case, whoever made them', async () => {
    const name = `Max${++made}`;
    await server.admin('user.register', { userId: name });
    const max = await app(name);
    await max.login();
    await max.event('onOfflineMessageSyncFinish');
    const ann = await online(`ann${made}`);
    expect(max.conn.user).toBe(name.toLowerCase());
    await max.text(ann.user.toUpperCase(), 'hi');
    const got = await ann.event('onTextMessage');
    expect(got).toMatchObject({ from: name.toLowerCase(), to: ann.user });
    await ann.text(got.from ?? '', 'hello');
    expect(await max.event('onTextMessage')).toMatchObject({ from: ann.user, to: name.toLowerCase() });
    await ann.conn.send(WebIM.message.create({ type: 'channel', chatType: 'singleChat', to: name }));
    expect(await max.event('onChannelMessage')).toMatchObject({ from: ann.user });
    expect((await ann.conn.getServerConversations()).data?.conversations).toMatchObject([
      { conversationId: name.toLowerCase(), unReadCount: 0 },
    ]);
  });

  it('old style: listen, new message, callbacks', async () => {
    const n = ++made;
    const ann = await app(`ann${n}`);
    const ben = await app(`ben${n}`);
    const heard: string[] = [];
    const arrived = new Promise<void>((resolve) => {
      ben.conn.listen({
        onOpened: () => heard.push('opened'),
        onTextMessage: ({ msg }) => heard.push(msg),
        onPictureMessage: () => {
          heard.push('picture');
          resolve();
        },
      });
    });
    const open = async ({ conn, user }: App) => {
      const { webimToken } = await server.credentials(user);
      await new Promise<void>(
        (success, error) =>
          void conn.open({ user, accessToken: webimToken, pwd: '', success: () => success(), error }),
      );
    };
    await open(ben);
    await open(ann);
    const send = (type: 'txt' | 'img', fill: object) =>
      new Promise<unknown[]>((resolve, reject) => {
        const message = new WebIM.message(type, ann.conn.getUniqueId());
        message.set({
          to: ben.user,
          chatType: 'singleChat',
          ...fill,
          success: (...ids: unknown[]) => resolve([message.id, ...ids]),
          fail: reject,
        });
        void ann.conn.send(hold(message.body ?? {}));
      });
    const [own, local, mid] = await send('txt', { msg: 'old friend' });
    expect([local, mid]).toEqual([own, expect.stringMatching(/^\d+$/)]);
    await send('img', { url: 'https://cdn.example/x.png', width: 3, height: 4 });
    await arrived;
    expect(heard).toEqual(['opened', 'old friend', 'picture']);
  });
});
