import type { default as Tim, ChatSDK, Message } from '@magpie/tim';
import { createTestServer, type TestServer } from '@magpie/testkit/network';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { reactive, watch } from 'vue';
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

/** A page of its own: the SDK keeps one instance per app id and page. */
async function page(address = server.url): Promise<{ TIM: TIM; chat: ChatSDK }> {
  vi.resetModules();
  const { default: TIM } = await import('@magpie/tim');
  const chat = TIM.create({ SDKAppID: 1400000001, proxyServer: address });
  chat.setLogLevel(4);
  made.push(chat);
  return { TIM, chat };
}

/** As tutorials do it: create, log in, and only then bind and wait for SDK_READY. */
async function enter(user: string, address?: string): Promise<{ TIM: TIM; chat: ChatSDK }> {
  const opened = await page(address);
  const { userSig } = await server.credentials(user);
  const login = await opened.chat.login({ userID: user, userSig });
  expect(login).toMatchObject({ code: 0, data: { actionStatus: 'OK', errorCode: 0 } });
  await new Promise<void>((resolve) => opened.chat.on(opened.TIM.EVENT.SDK_READY, () => resolve()));
  return opened;
}

type Wrap = <T extends object>(object: T) => T;
const forms: readonly (readonly [string, Wrap])[] = [
  ['plain objects', (object) => object],
  ['every object inside reactive()', (object) => reactive(object) as typeof object],
];

describe.each(forms)('the story, with %s', (form, wrap) => {
  // Its own two people each time, so that numbers are its own.
  const [a, b] = form.startsWith('plain') ? ['alice', 'bob'] : ['carol', 'dave'];
  const text = (chat: ChatSDK, TIM: TIM, to: string, words: string): Message =>
    wrap(chat.createTextMessage({ to, conversationType: TIM.TYPES.CONV_C2C, payload: { text: words } }));

  test('log in, send, receive, history, recall, read, drop and resume', async () => {
    const proxy = await server.proxy();
    const { TIM, chat: alice } = await enter(a);
    const { chat: bob } = await enter(b, proxy.url);
    const received = listen<Message[]>(bob, TIM.EVENT.MESSAGE_RECEIVED);
    const lists = listen<{ conversationID: string; unreadCount: number; lastMessage: { messageForShow: string; isRevoked: boolean } }[]>(bob, TIM.EVENT.CONVERSATION_LIST_UPDATED); // prettier-ignore
    const read = listen<Message[]>(alice, TIM.EVENT.MESSAGE_READ_BY_PEER);
    const revoked = listen<Message[]>(bob, TIM.EVENT.MESSAGE_REVOKED);

    // Send: the very object comes back, and the ID it was created with is the one the other side sees.
    const hello = text(alice, TIM, b, 'hello');
    expect(hello).toMatchObject({
      status: 'unSend',
      flow: 'out',
      from: a,
      to: b,
      conversationID: `C2C${b}`,
      type: 'TIMTextElem',
    });
    const id = hello.ID;
    const drawn: string[] = [];
    watch(
      () => hello.status,
      (status) => drawn.push(status),
      { flush: 'sync' },
    );
    const { data } = await alice.sendMessage(hello);
    // Changes are made through the object that was handed in, so that a page that shows it sees them.
    expect(drawn).toEqual(form.startsWith('plain') ? [] : ['success']);
    expect(data.message).toBe(hello);
    expect(hello).toMatchObject({ ID: id, status: 'success', sequence: 1 });
    const [first] = await received.take((messages) => messages[0]?.payload.text === 'hello');
    expect(first).toMatchObject({
      ID: id,
      flow: 'in',
      from: a,
      to: b,
      conversationID: `C2C${a}`,
      nick: a[0]?.toUpperCase() + a.slice(1),
    });
    const list = await lists.take((conversations) =>
      conversations.some(
        ({ conversationID, unreadCount }) => conversationID === `C2C${a}` && unreadCount === 1,
      ),
    );
    expect(list[0]).toMatchObject({ conversationID: `C2C${a}`, lastMessage: { messageForShow: 'hello' } });

    // Read.
    await bob.setMessageRead({ conversationID: `C2C${a}` });
    const [peerRead] = await read.take();
    expect(peerRead?.ID).toBe(id);
    expect(hello.isPeerRead).toBe(true);
    expect(bob.getTotalUnreadMessageCount()).toBe(0);

    // History, in pages, the same objects.
    for (let i = 0; i < 17; i++) await alice.sendMessage(text(alice, TIM, b, `n${i}`));
    await received.take((messages) => messages[0]?.payload.text === 'n16');
    const newest = (await bob.getMessageList({ conversationID: `C2C${a}` })).data;
    expect(newest.messageList.map(({ payload }) => payload.text)).toEqual(
      Array.from({ length: 15 }, (_, i) => `n${i + 2}`),
    );
    expect(newest).toMatchObject({ isCompleted: false, nextReqMessageID: newest.messageList[0]?.ID });
    const rest = (
      await bob.getMessageList({ conversationID: `C2C${a}`, nextReqMessageID: newest.nextReqMessageID })
    ).data;
    expect(rest.messageList.map(({ payload }) => payload.text)).toEqual(['hello', 'n0', 'n1']);
    expect(rest).toMatchObject({ isCompleted: true, nextReqMessageID: '' });
    expect(rest.messageList[0]).toBe(first);
    expect(bob.findMessage(id)).toBe(first);

    // Recall: the actor's own object, the other's event.
    const oops = text(alice, TIM, b, 'oops');
    await alice.sendMessage(oops);
    await received.take((messages) => messages[0]?.payload.text === 'oops');
    const recalled = await alice.revokeMessage(wrap({ ...oops }));
    expect(recalled.data.message).toMatchObject({ ID: oops.ID, isRevoked: true });
    const [gone] = await revoked.take();
    expect(gone).toMatchObject({ ID: oops.ID, isRevoked: true, revoker: a });
    await lists.take((conversations) => conversations[0]?.lastMessage.isRevoked === true);

    // Drop and resume: what was sent meanwhile arrives, once and in order.
    const net = listen<{ state: string }>(bob, TIM.EVENT.NET_STATE_CHANGE);
    proxy.block();
    await net.take(({ state }) => state !== TIM.TYPES.NET_STATE_CONNECTED);
    for (const words of ['while', 'you', 'were', 'away']) await alice.sendMessage(text(alice, TIM, b, words));
    proxy.restore();
    await net.take(({ state }) => state === TIM.TYPES.NET_STATE_CONNECTED);
    await received.take(
      (messages) => messages.some(({ payload }) => payload.text === 'away') || received.seen.length > 10,
    );
    const all = (await bob.getMessageList({ conversationID: `C2C${a}` })).data.messageList;
    expect(all.slice(-4).map(({ payload }) => payload.text)).toEqual(['while', 'you', 'were', 'away']);

    // Log out: told, emptied, refused.
    const notReady = listen(bob, TIM.EVENT.SDK_NOT_READY);
    await bob.logout();
    await notReady.take();
    expect(bob.isReady()).toBe(false);
    await expect(bob.getConversationList()).rejects.toMatchObject({
      code: 2024,
      message: ' | getConversationList | ',
    });
  });
});
