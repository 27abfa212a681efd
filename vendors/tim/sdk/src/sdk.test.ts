import { afterEach, expect, test, vi } from 'vitest';
import TIM from './index.ts';
import TencentCloudChat from './chat.ts';

const made: ReturnType<typeof TIM.create>[] = [];
function create(SDKAppID: number) {
  const chat = TIM.create({ SDKAppID });
  made.push(chat);
  return chat;
}
afterEach(async () => {
  for (const chat of made.splice(0)) await chat.destroy().catch(() => undefined);
});

test('one instance per app id, null without one, a new one after destroy', async () => {
  const first = create(1400009011);
  expect(TIM.create({ SDKAppID: 1400009011 })).toBe(first);
  expect(TIM.create({ SDKAppID: '1400009011' })).toBe(first);
  expect(TencentCloudChat.create({ SDKAppID: 1400009011 })).toBe(first);
  expect(create(1400009012)).not.toBe(first);
  expect(TIM.create({} as never)).toBeNull();
  expect(TIM.create({ SDKAppID: 0 })).toBeNull();
  expect(() => TIM.create(undefined as never)).toThrow(TypeError);
  const destroyed = vi.fn();
  first.on(TIM.EVENT.SDK_DESTROY, destroyed);
  await expect(first.destroy()).rejects.toMatchObject({ code: 2024, message: ' | destroy | ' });
  expect(destroyed).toHaveBeenCalledWith({ name: 'sdkDestroy', data: { SDKAppID: 1400009011 } });
  expect(create(1400009011)).not.toBe(first);
});

test('before login: guarded methods reject with 2024, synchronous ones too', async () => {
  const chat = create(1400009013);
  const calls = {
    getConversationList: chat.getConversationList(),
    createTextMessage: chat.createTextMessage({
      to: 'bob',
      conversationType: 'C2C',
      payload: { text: 'x' },
    }) as unknown as Promise<never>,
    findMessage: chat.findMessage('1-2-3') as unknown as Promise<never>,
    getTotalUnreadMessageCount: chat.getTotalUnreadMessageCount() as unknown as Promise<never>,
    getServerTime: chat.getServerTime() as unknown as Promise<never>,
    logout: chat.logout(),
    quitGroup: chat.quitGroup('g'),
  };
  for (const [method, call] of Object.entries(calls)) {
    const error = await call.then(() => undefined, (thrown: unknown) => thrown); // prettier-ignore
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'Error', code: 2024, message: ` | ${method} | `, data: {} });
  }
  expect(chat.isReady()).toBe(false);
  expect(chat.getLoginUser()).toBe('');
  await expect(chat.joinGroup({ groupID: 'g' })).rejects.toMatchObject({ code: 2662 });
  await expect(chat.callExperimentalAPI('x', {})).rejects.toMatchObject({ code: 2905 });
});

test('unusable arguments throw on the spot', () => {
  const chat = create(1400009014);
  for (const options of [
    undefined,
    {},
    { userID: 'a' },
    { userID: '', userSig: 'x' },
    { userID: 1, userSig: 'x' },
  ]) {
    expect(() => void chat.login(options as never)).toThrow('Params validate failed.');
  }
  expect(() => void chat.joinGroup({} as never)).toThrow('Params validate failed.');
  expect(() => void chat.quitGroup(undefined as never)).toThrow('Params validate failed.');
});

test('a login that cannot know its server says so', async () => {
  const chat = create(1400009015);
  await expect(chat.login({ userID: 'alice', userSig: 'x' })).rejects.toMatchObject({
    code: 2000,
    message: expect.stringContaining('configure') as string,
  });
});

test('on, once, off with context; a throwing handler stops nobody', () => {
  const chat = create(1400009016);
  chat.setLogLevel(4);
  const self = { heard: 0 };
  function count(this: { heard: number }) {
    this.heard++;
  }
  const once = vi.fn();
  const gone = vi.fn();
  chat.on(TIM.EVENT.SDK_DESTROY, () => {
    throw new Error('mine');
  });
  chat.on(TIM.EVENT.SDK_DESTROY, count, self);
  chat.once(TIM.EVENT.SDK_DESTROY, once);
  chat.on(TIM.EVENT.SDK_DESTROY, gone);
  chat.off(TIM.EVENT.SDK_DESTROY, gone);
  return chat.destroy().catch(() => {
    expect([self.heard, once.mock.calls.length, gone.mock.calls.length]).toEqual([1, 1, 0]);
  });
});
