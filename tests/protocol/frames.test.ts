import { CLOSE, LIMITS } from '@magpie/protocol';
import { createTestServer, type TestServer } from '@magpie/testkit/network';
import { connectRawClient } from '@magpie/testkit/raw-client';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signIn, textTo } from './support.ts';

let server: TestServer;
beforeAll(async () => {
  server = await createTestServer();
});
afterAll(() => server.close());

describe('the first frames', () => {
  it('says hello with version and heartbeat', async () => {
    await using client = await connectRawClient(server.url);
    const { hello } = await client.frame((frame) => frame.hello !== undefined);
    expect(hello).toMatchObject({ protocol: 1, heartbeat: LIMITS.connection.heartbeat, capabilities: [] });
  });

  it('answers a ping', async () => {
    await using client = await connectRawClient(server.url);
    client.raw('{"ping":42}');
    expect(await client.frame((frame) => frame.pong !== undefined)).toEqual({ pong: 42 });
  });

  it('refuses every operation before a session, without closing', async () => {
    await using client = await connectRawClient(server.url);
    expect((await client.refused('message.send', textTo('u:bob', 'x'))).code).toBe('UNAUTHENTICATED');
    expect((await client.refused('app.list', {})).code).toBe('UNAUTHENTICATED');
  });

  it('opens one session per connection', async () => {
    await using client = await signIn(server, 'alice');
    const { userSig } = await server.credentials('alice');
    const error = await client.refused('session.open', {
      token: userSig,
      instance: 'other',
      platform: 'web',
      protocol: 1,
    });
    expect(error.code).toBe('SESSION_ALREADY_OPEN');
  });
});

describe('unreadable frames close the connection with a code after which a client stays away', () => {
  it.each([
    ['not JSON', 'hello', CLOSE.FRAME_UNREADABLE],
    ['no object', '[]', CLOSE.FRAME_UNREADABLE],
    ['an unknown key', '{"q":[],"x":1}', CLOSE.FRAME_UNREADABLE],
    ['no requests', '{"q":[]}', CLOSE.FRAME_UNREADABLE],
    ['a request without id', '{"q":[{"op":"session.list","in":{}}]}', CLOSE.FRAME_UNREADABLE],
    ['a request with more keys', '{"q":[{"id":1,"op":"a","in":{},"x":1}]}', CLOSE.FRAME_UNREADABLE],
    ['too many requests', JSON.stringify({ q: Array.from({ length: 65 }, (_, id) => ({ id, op: 'a', in: {} })) }), CLOSE.FRAME_UNREADABLE],
    ['deep nesting', `{"q":[{"id":1,"op":"a","in":${'['.repeat(50)}${']'.repeat(50)}}]}`, CLOSE.FRAME_TOO_LARGE],
    ['a large frame', `{"q":[{"id":1,"op":"a","in":"${'x'.repeat(LIMITS.frame.maxBytes)}"}]}`, CLOSE.FRAME_TOO_LARGE],
  ])('%s', async (_name, text, code) => {
    const client = await connectRawClient(server.url);
    client.raw(text);
    expect((await client.closed).code).toBe(code);
    const reply = client.frames.find((frame) => frame.r)?.r?.[0];
    expect(reply).toMatchObject({ id: 0, err: { code: code === CLOSE.FRAME_TOO_LARGE ? 'TOO_LARGE' : 'FRAME_UNREADABLE' } });
  }); // prettier-ignore
});

describe('bad input is an answer', () => {
  it.each([
    ['unknown operation', 'no.such', {}, 'UNKNOWN_OPERATION', undefined],
    ['missing field', 'message.send', { ref: 'u:bob', clientId: 'c1' }, 'BAD_REQUEST', 'content'],
    ['wrong type', 'message.send', { ref: 'u:bob', clientId: 'c1', content: { type: 'text', text: 7 } }, 'BAD_REQUEST', 'content.text'],
    ['unknown field', 'message.send', { ref: 'u:bob', clientId: 'c1', content: { type: 'text', text: 'x' }, x: 1 }, 'BAD_REQUEST', 'x'],
    ['unknown content', 'message.send', { ref: 'u:bob', clientId: 'c1', content: { type: 'nope' } }, 'BAD_REQUEST', 'content.type'],
    ['user id with a space', 'message.send', { ref: 'u:b b', clientId: 'c1', content: { type: 'text', text: 'x' } }, 'BAD_REQUEST', 'ref'],
    ['no such user', 'message.send', { ref: 'u:nobody', clientId: 'c1', content: { type: 'text', text: 'x' } }, 'USER_NOT_FOUND', 'ref'],
    ['a group one is not in', 'message.send', { ref: 'g:none', clientId: 'c1', content: { type: 'text', text: 'x' } }, 'CONVERSATION_NOT_FOUND', 'ref'],
    ['an operation of the operator', 'app.list', {}, 'FORBIDDEN', undefined],
  ])('%s', async (_name, op, input, code, field) => {
    await using client = await signIn(server, 'alice');
    const error = await client.refused(op, input);
    expect(error.code).toBe(code);
    if (field !== undefined) expect(error.field).toBe(field);
    // The connection stays.
    expect((await client.request('session.list', {})).sessions.length).toBeGreaterThan(0);
  }); // prettier-ignore

  it('says what a too large message may hold', async () => {
    await using client = await signIn(server, 'alice');
    const error = await client.refused('message.send', textTo('u:bob', '字'.repeat(5000)));
    expect(error).toMatchObject({ code: 'TOO_LARGE', field: 'content' });
    expect(error.message).toContain('12288');
  });

  it('survives any requests, answering each', async () => {
    await using client = await signIn(server, 'carol');
    const op = fc.oneof(fc.constantFrom('message.send', 'message.list', 'conversation.read', 'group.create', 'sync.since', 'user.update', 'file.grant'), fc.string()); // prettier-ignore
    await fc.assert(
      fc.asyncProperty(op, fc.jsonValue({ maxDepth: 3 }), async (name, input) => {
        await client.refused(name, input).catch((error: Error) => {
          // Some inputs are right by chance; anything but that is a failure.
          if (!error.message.includes('was not refused')) throw error;
        });
      }),
      { numRuns: 200 },
    );
    expect((await client.request('session.list', {})).sessions.length).toBeGreaterThan(0);
  });
});
