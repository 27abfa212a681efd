import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createClient } from './client.ts';
import { FakeClock } from './testing/fake-clock.ts';
import { createFakePlatform } from './testing/fake-platform.ts';
import { FakeServer } from './testing/fake-server.ts';

const AB = 'd:alice bob';

type Act =
  | {
      readonly do:
        | 'send'
        | 'hear'
        | 'hearNew'
        | 'drop'
        | 'down'
        | 'up'
        | 'hint'
        | 'read'
        | 'loseReplies'
        | 'keepReplies'
        | 'loseEvents'
        | 'loseSome'
        | 'keepEvents'
        | 'lateEvents'
        | 'promptEvents'
        | 'slow'
        | 'fast';
    }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'revoke'; readonly nth: number };

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Act>({ do: 'send' }) },
  { weight: 5, arbitrary: fc.constant<Act>({ do: 'hear' }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(0, 1, 2, 5, 40, 150, 700, 5_000, 30_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('revoke' as const), nth: fc.nat(30) }) },
  {
    weight: 9,
    arbitrary: fc
      .constantFrom<Act['do'] & string>(
        'hearNew',
        'drop',
        'down',
        'up',
        'hint',
        'read',
        'loseReplies',
        'keepReplies',
        'loseEvents',
        'keepEvents',
        'lateEvents',
        'promptEvents',
        'slow',
        'fast',
      )
      .map((what) => ({ do: what }) as Act),
  },
);

/** What makes gaps, and answers that come when things have moved on. */
const gaps: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Act>({ do: 'hear' }) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(1, 40, 150, 700, 3_000).map((ms) => ({ do: 'wait' as const, ms })),
  },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(
        'loseSome',
        'keepEvents',
        'lateEvents',
        'lateEvents',
        'promptEvents',
        'slow',
        'slow',
        'fast',
        'read',
      )
      .map((what) => ({ do: what }) as Act),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('revoke' as const), nth: fc.nat(10) }) },
);

/** Plays a story against a client and a server, then lets the network be well, and compares. */
async function play(acts: readonly Act[]): Promise<void> {
  const clock = new FakeClock();
  const server = new FakeServer(clock);
  const platform = createFakePlatform(clock, server.connect);
  const client = createClient({ platform, sendTimeout: Infinity });
  const heard = new Map<string, number[]>();
  client.on('messages', ({ ref, messages }) =>
    heard.set(ref, [...(heard.get(ref) ?? []), ...messages.map(({ seq }) => seq ?? 0)]),
  );
  const errors: unknown[] = [];
  client.on('error', ({ error }) => errors.push(error));
  const opened = client.session.open({ token: 'alice' });
  await clock.advance(100);
  await opened;
  const window = client.messages.window('u:bob', { limit: 5 });
  await clock.advance(100);
  let sent = 0;
  let news = 0;
  const sends: Promise<unknown>[] = [];
  for (const action of acts) {
    switch (action.do) {
      case 'send':
        sends.push(client.messages.send({ ref: 'u:bob', content: { type: 'text', text: `s${++sent}` } }));
        break;
      case 'hear':
        server.say('bob', 'alice', 'x');
        break;
      case 'hearNew':
        server.say(`stranger${++news % 3}`, 'alice', 'y');
        break;
      case 'read':
        void client.conversations.read('u:bob').catch(() => undefined);
        break;
      case 'revoke':
        server.revoke(AB, action.nth);
        break;
      case 'drop':
        server.drop();
        break;
      case 'down':
        server.down = true;
        server.drop();
        break;
      case 'up':
        server.down = false;
        break;
      case 'hint':
        platform.hint(true);
        break;
      case 'loseReplies':
        server.loseReply = (op) => op === 'message.send' || op === 'message.list';
        break;
      case 'keepReplies':
        server.loseReply = () => false;
        break;
      case 'loseEvents':
        server.loseEvent = () => true;
        break;
      case 'loseSome':
        server.loseEvent = ({ n = 0 }) => n % 3 === 0;
        break;
      case 'keepEvents':
        server.loseEvent = () => false;
        break;
      case 'lateEvents':
        server.delayEvent = ({ n = 0 }) => [0, 30, 400, 1_500][n % 4] ?? 0;
        break;
      case 'promptEvents':
        server.delayEvent = () => 0;
        break;
      case 'slow':
        server.delayReply = (op) => (op === 'session.open' ? 0 : op === 'message.send' ? 20_000 : 3_000);
        break;
      case 'fast':
        server.delayReply = () => 0;
        break;
      case 'wait':
        await clock.advance(action.ms);
        break;
    }
  }
  server.down = false;
  server.loseReply = () => false;
  server.loseEvent = () => false;
  server.delayReply = server.delayEvent = () => 0;
  platform.hint(true);
  // The last loss of all shows in no gap: it is found when it is quiet.
  await clock.advance(16 * 60_000);

  expect(errors).toEqual([]);
  let settled = 0;
  for (const one of sends) void one.then(() => settled++);
  await clock.advance(0);
  expect(settled).toBe(sends.length);
  expect(client.messages.outgoing()).toEqual([]);
  const log = server.log(AB);
  const mine = log
    .filter(({ from }) => from === 'alice')
    .map(({ content, revoked }) => (revoked ? undefined : (content as { text: string }).text));
  expect(mine).toHaveLength(sent);
  mine.forEach((text, index) => expect([undefined, `s${index + 1}`]).toContain(text));
  for (const other of ['bob', 'stranger0', 'stranger1', 'stranger2']) {
    const key = other === 'bob' ? AB : `d:alice ${other}`;
    const theirs = server.log(key).filter(({ from }) => from === other);
    expect(heard.get(`u:${other}`) ?? []).toEqual(theirs.map(({ seq }) => seq));
    expect(client.conversations.get(`u:${other}`)?.unread ?? 0).toBe(
      theirs.length > 0 ? server.row('alice', key).unread : 0,
    );
  }
  expect(window.loading).toBe('none');
  expect(window.hasNewer).toBe(false);
  const drawn = window.messages.map(({ seq, revoked }) => [seq, revoked !== undefined]);
  expect(drawn).toEqual(
    log.slice(log.length - drawn.length).map(({ seq, revoked }) => [seq, revoked !== undefined]),
  );
  if (!window.hasOlder) expect(drawn).toHaveLength(log.length);
  const destroyed = client.destroy();
  await clock.advance(5_000);
  await destroyed;
}

test.each([
  ['any interleaving', act, 250],
  ['whatever comes late or not at all', gaps, 400],
])(
  '%s gives each message exactly once and in order, and the outbox empties',
  async (_what, acts, numRuns) => {
    await fc.assert(fc.asyncProperty(fc.array(acts, { maxLength: 40 }), play), {
      numRuns,
      endOnFailure: false,
    });
  },
);
