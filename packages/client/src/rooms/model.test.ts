import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fakeWorld, wordsOf } from '../testing/world.ts';

const WHAT = ['send', 'hear', 'drop', 'down', 'up', 'hint', 'loseReplies', 'keepReplies', 'loseEvents', 'keepEvents', 'slow', 'fast', 'restart', 'kick', 'enter', 'leave'] as const; // prettier-ignore
type Act = { readonly do: (typeof WHAT)[number] } | { readonly do: 'wait'; readonly ms: number };

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('send' as const, 'hear' as const) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(0, 1, 2, 5, 40, 700, 5_000, 40_000) }) }, // prettier-ignore
  { weight: 8, arbitrary: fc.record({ do: fc.constantFrom(...WHAT) }) },
);

/** Plays a story of one room against a client and a server, lets the network be well, and compares. */
async function play(acts: readonly Act[], history: boolean): Promise<void> {
  const world = fakeWorld(['messages', 'conversations', 'roomOut', 'error'], { sendTimeout: Infinity });
  const { client, server, clock, platform } = world;
  server.rooms.make('1', history ? { history: true } : {});
  await world.login();
  await world.done(client.rooms.enter('1'));
  const sends: { readonly words: string; readonly kept: boolean; readonly result: Promise<string> }[] = [];
  const say = (): void => {
    const words = `s${sends.length}`;
    const kept = client.rooms.current('1')?.history === true;
    const sending = client.messages.send({ ref: 'r:1', content: { type: 'text', text: words } });
    sends.push({ words, kept, result: sending.then(({ status }) => status, (error: { code: string }) => error.code) }); // prettier-ignore
  };
  let news = 0;
  const hear = (): void => void (history ? server.sayIn('1', 'bob', `n${++news}`) : server.rooms.say('1', 'bob', `n${++news}`)); // prettier-ignore
  const steps: Record<(typeof WHAT)[number], () => void> = {
    send: say,
    hear,
    drop: () => server.drop(),
    down() {
      server.down = true;
      server.drop();
    },
    up: () => (server.down = false),
    hint: () => platform.hint(true),
    loseReplies: () => (server.loseReply = (op) => /^(message.send|message.list|room\.)/.test(op)),
    keepReplies: () => (server.loseReply = () => false),
    loseEvents: () => (server.loseEvent = () => true),
    keepEvents: () => (server.loseEvent = () => false),
    slow: () => (server.delayReply = (op) => (op === 'session.open' ? 0 : 3_000)),
    fast: () => (server.delayReply = () => 0),
    restart() {
      server.rooms.forget();
      server.drop();
    },
    kick: () => server.rooms.out('1', 'alice', 'kicked'),
    enter: () => void client.rooms.enter('1').catch(() => undefined),
    leave: () => void client.rooms.leave('1').catch(() => undefined),
  };
  for (const action of acts) {
    if (action.do === 'wait') await clock.advance(action.ms);
    else steps[action.do]();
  }
  for (const well of ['up', 'keepReplies', 'keepEvents', 'fast', 'hint'] as const) steps[well]();
  await clock.advance(16 * 60_000);

  expect(world.of('error')).toEqual([]);
  expect([world.of('conversations'), client.conversations.totalUnread()]).toEqual([[], 0]);
  const said = history ? server.log('r:1') : server.rooms.said('1');
  const words = said.map(({ content }) => (content.type === 'text' ? content.text : ''));
  expect(new Set(words).size, 'something was said twice').toBe(words.length);
  for (const { words: own, kept, result } of sends) {
    const code = await result;
    if (code === 'sent') expect(words).toContain(own);
    else if (code === 'TIMEOUT') expect(kept, 'what is kept is asked for until it is known').toBe(false);
    // One that was kept, and repeated after the sender was out, is refused though it is there.
    else if (!kept || code !== 'NOT_MEMBER') expect(words).not.toContain(own);
  }
  const heard = world.of('messages').flatMap(({ messages }) => messages.map(wordsOf));
  expect(new Set(heard).size, 'something was heard twice').toBe(heard.length);
  const order = words.filter((one) => one.startsWith('n') && heard.includes(one));
  expect(heard).toEqual(order);
  // In and out are what the server thinks, and being in means to hear.
  const inside = client.rooms.current('1') !== undefined;
  expect(server.rooms.has('1', 'alice')).toBe(inside);
  hear();
  await clock.advance(2_000);
  const last = world.of('messages').flatMap(({ messages }) => messages.map(wordsOf)).at(-1); // prettier-ignore
  expect(last === `n${news}`).toBe(inside);
  const destroyed = client.destroy();
  await clock.advance(5_000);
  await destroyed;
}

test('any interleaving: sent is said, at most once; heard at most once and in order; in means in', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 30 }), fc.boolean(), play),
    { numRuns: 200, endOnFailure: false }, // prettier-ignore
  );
});
