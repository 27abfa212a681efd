import { expect, it } from 'vitest';
import type { RemoteSession } from '../session/elsewhere.ts';
import { FakeTime } from '../testing/fake-time.ts';
import { Abroad } from './abroad.ts';
import { Here, type Entry } from './here.ts';
import { Keeper } from './keeper.ts';

function createWorld() {
  const time = new FakeTime();
  const told: string[] = [];
  const commits: unknown[] = [];
  const apps = { get: () => ({ settings: { 'presence.grace': 500 } }) as never };
  const here: Here = new Here(
    { clock: time, scheduler: time, apps },
    {
      changing: ({ userId }) => told.push(`changing ${userId}`),
      left: ({ userId }) => told.push(`left ${userId}`),
    },
  );
  const keeper = new Keeper({ store: { commit: async (ops: readonly unknown[]) => void commits.push(...ops) } as never, clock: time, scheduler: time, apps }); // prettier-ignore
  const abroad = new Abroad(here);
  const remote = (instance: string, userId = 'u'): RemoteSession => ({ id: `s-${instance}`, app: 'a', userId, instance, platform: 'web', openedAt: 0, wantsDelivered: false, node: 'n', away: false, live: true, present: true, until: 0 }); // prettier-ignore
  const state = () => {
    const entry: Entry | undefined = here.get('a', 'u');
    return entry && `${entry.state} ${entry.devices.map(({ instance }) => instance).join()}`;
  };
  return { time, told, commits, here, keeper, abroad, remote, state };
}

it('devices of other nodes come and go without a word from this one', () => {
  const { told, abroad, remote, state } = createWorld();
  abroad.opened(remote('x'), false);
  abroad.opened(remote('y'), false);
  expect(state()).toBe('online x,y');
  abroad.away({ ...remote('x'), away: true });
  abroad.gone(remote('y'), 'loggedOut', 'device');
  expect(state()).toBe('away x');
  abroad.gone(remote('x'), 'dropped', 'all');
  expect([state(), told]).toEqual([undefined, []]);
});

it('when two nodes each saw the other’s device as the last one, whoever hears it tells', () => {
  const { told, abroad, remote } = createWorld();
  abroad.opened(remote('x'), false);
  abroad.gone(remote('x'), 'dropped', 'device');
  expect(told).toEqual(['changing u', 'left u']);
});

it.each([true, false])(
  'of a node that died, those who do not come back are told by one node (%s)',
  async (tell) => {
    const { time, told, abroad, remote, state } = createWorld();
    for (const name of ['x', 'y']) abroad.opened(remote(name), false);
    for (const name of ['x', 'y']) abroad.lost(remote(name), tell);
    await time.advance(300);
    // One is back on another node.
    abroad.opened({ ...remote('y'), id: 's-2', node: 'm' }, false);
    await time.advance(300);
    expect([state(), told]).toEqual(['online y', tell ? ['changing u'] : []]);
  },
);

it('a node that ends writes down nobody who is on another one', async () => {
  const { commits, here, keeper, abroad, remote } = createWorld();
  abroad.opened(remote('x', 'elsewhere'), false);
  here.opened({ ...remote('y', 'both'), peer: {} as never, device: undefined, customInfo: undefined, expiresAt: undefined }); // prettier-ignore
  abroad.opened(remote('x', 'both'), false);
  here.opened({ ...remote('y', 'here'), peer: {} as never, device: undefined, customInfo: undefined, expiresAt: undefined }); // prettier-ignore
  await keeper.close(here);
  expect(commits).toMatchObject([{ op: 'presence.put', user: 'here', set: { state: 'dropped' } }]);
});
