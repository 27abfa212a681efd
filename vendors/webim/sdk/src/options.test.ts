import { expect, it } from 'vitest';
import { clientOptions } from './context.ts';
import { clientIdFor } from './map/client-id.ts';
import { readOptions, serverOf, type ConnectionParameters } from './options.ts';

it('takes the server from apiUrl, else from url without its socket path', () => {
  expect(serverOf({ apiUrl: 'https://im.example/', url: 'wss://other.example/websocket' })).toBe(
    'https://im.example',
  );
  expect(serverOf({ url: 'wss://im.example/websocket' })).toBe('wss://im.example');
  expect(serverOf({ url: 'ws://10.0.0.1:8800/chat/ws' })).toBe('ws://10.0.0.1:8800/chat');
  expect(serverOf({ url: '//im.example/websocket', https: false })).toBe('http://im.example');
  expect(serverOf({ apiUrl: 'im.example:8800' })).toBe('https://im.example:8800');
  expect(serverOf({})).toBeUndefined();
});

it('the vendor’s own cloud is no server of ours', () => {
  const mini = { url: 'wss://im-api-wechat.easemob.com/websocket', apiUrl: 'https://a1.easemob.com' };
  expect(serverOf(mini)).toBeUndefined();
  expect(serverOf({ ...mini, apiUrl: 'https://im.example' })).toBe('https://im.example');
  expect(serverOf({ apiUrl: 'https://noteasemob.com' })).toBe('https://noteasemob.com');
});

it('becomes the client’s options', () => {
  const options = (given: ConnectionParameters) => clientOptions(readOptions(given), 'webim:magpie#demo');
  expect(options({ delivery: true })).toMatchObject({
    app: 'webim:magpie#demo',
    instance: 'shared',
    reportsDelivery: true,
    wantsDelivered: true,
    tokenLead: 0.2,
    backlog: { direct: 500, group: 200 },
  });
  expect(options({ isFixedDeviceId: false })).toMatchObject({ instance: 'tab', reportsDelivery: false });
  expect(options({ deviceId: 'phone-1' })).toMatchObject({ instance: { id: 'phone-1' } });
  expect(options({ deviceId: '我的 手机' }).instance).toEqual({
    id: expect.stringMatching(/^[\x21-\x7e]{1,64}$/),
  });
  expect(readOptions({ appId: 'demo' }).appKey).toBe('demo');
});

it('names a message within 64 printable characters, the same on every retry', () => {
  expect(clientIdFor('abc', '123')).toBe('web:abc:123');
  for (const [instance, local] of [
    ['x'.repeat(64), '1'],
    ['a', 'y'.repeat(500)],
    ['机', '信'],
  ] as const) {
    const id = clientIdFor(instance, local);
    expect(id).toMatch(/^[\x21-\x7e]{1,64}$/);
    expect(clientIdFor(instance, local)).toBe(id);
  }
  expect(clientIdFor('a', 'y'.repeat(500))).not.toBe(clientIdFor('a', 'y'.repeat(501)));
});
