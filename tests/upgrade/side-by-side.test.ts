import { lacksNats } from '@magpie/testkit/nats';
import { connectRawClient } from '@magpie/testkit/raw-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { next, record, text } from '../scenarios/support/clients.ts';
import { asUser, readFacts, say, writeFacts } from './support/facts.ts';
import { clientsOf, type VersionedNode } from './support/node.ts';
import { startVersions, writeSideBySide, type Versions } from './side-by-side-run.ts';

/** What must hold while an installation is upgraded node by node: migrations expand first (ADR 0039). */
describe.skipIf(lacksNats())('nodes of the landed version beside new ones', () => {
  let versions: Versions;
  beforeAll(async () => {
    versions = await startVersions();
  }, 180_000);
  afterAll(() => versions?.close());

  const pairs = (): readonly (readonly [VersionedNode, VersionedNode])[] => [
    [versions.old[0]!, versions.new[0]!],
    [versions.new[1]!, versions.old[1]!],
  ];

  it('serve on while the new ones migrate the schema, in one gapless order', async () => {
    const seed = Date.now() % 2 ** 31;
    const result = await writeSideBySide(versions, seed);
    expect(result.violations, `seed ${seed}`).toEqual([]);
    expect(result.acknowledged).toBe(result.sent);
  });

  it('tell the same of everything that one of them wrote', async () => {
    await writeFacts(versions.old[0]!);
    const told = await readFacts(versions.old[0]!);
    for (const node of [versions.old[1]!, ...versions.new]) expect(await readFacts(node)).toEqual(told);
  });

  it('take reads, receipts, recalls and members from each other', async () => {
    for (const [i, [one, other]] of pairs().entries()) {
      const [ann, ben] = [`ann${i}`, `ben${i}`];
      for (const userId of [ann, ben]) await one.admin('user.register', { userId });
      const [first, second] = [await say(one, ann, `u:${ben}`, 'first', { receipt: true }), await say(other, ann, `u:${ben}`, 'second')]; // prettier-ignore
      await asUser(other, ben)('conversation.read', { ref: `u:${ann}`, upTo: 1, report: true });
      await asUser(other, ben)('receipt.send', { ref: `u:${ann}`, ids: [first] });
      await asUser(one, ann)('message.revoke', { id: second });
      const { group } = await asUser(one, ann)<{ group: { id: string } }>('group.create', { kind: 'work', members: [ben] }); // prettier-ignore
      await say(other, ben, `g:${group.id}`, 'here');
      for (const node of [one, other]) {
        const rows = await asUser(node, ann)('conversation.list', { refs: [`u:${ben}`], limit: 1 });
        expect(rows).toMatchObject({ conversations: [{ peerReadSeq: 1, lastSeq: 2 }] });
        const receipts = await asUser(node, ann)('receipt.list', { ids: [first] });
        expect(receipts).toEqual({ receipts: [{ id: first, read: 1, unread: 0 }] });
        const got = await asUser(node, ben)('message.get', { ids: [second] });
        expect(got).toMatchObject({ messages: [{ id: second, revoked: { by: ann } }] });
        const { members } = await asUser(node, ben)<{ members: readonly { userId: string }[] }>('group.members', { id: group.id, limit: 10 }); // prettier-ignore
        expect(members.map(({ userId }) => userId).sort()).toEqual([ann, ben]);
      }
    }
  });

  it('a client of the landed version passes over being told that something may be missed', async () => {
    const [node] = versions.new;
    const client = (await clientsOf('old'))({ server: node!.url });
    const ready = next(client, 'ready');
    await client.session.open({ token: await node!.userSig('hanna'), user: 'hanna' });
    await ready;
    await using seen = await connectRawClient(node!.url);
    await seen.request('session.open', { token: await node!.userSig('hanna'), instance: 'witness', platform: 'web', protocol: 1 }); // prettier-ignore
    const heard = record(client);
    await versions.nats.restart();
    await seen.event('sync.missed');
    await node!.admin('user.register', { userId: 'igor' });
    await say(node!, 'igor', 'u:hanna', 'still there?');
    expect(await heard.of(1)).toEqual(['still there?']);
    await client.messages.send({ ref: 'u:igor', content: text('yes') });
    expect(client.session.state).toBe('online');
    await client.destroy();
  });
});
