import type { ContentOf } from '@magpie/protocol';
import { expect, test } from 'vitest';
import { tipPayload } from './tip.ts';

const people = { alice: { name: 'Alice' }, bob: { name: 'Bob', avatar: 'b.png' } } as const;
const of = (tip: Omit<ContentOf<'tip'>, 'type' | 'actor'>) =>
  tipPayload({ type: 'tip', actor: 'alice', ...tip }, 'g:crew', 'Crew', (id) => people[id as 'bob'] ?? {});

test('who did what to whom', () => {
  expect(of({ change: 'invited', targets: ['bob'] })).toEqual({
    operatorID: 'alice',
    operationType: 1,
    userIDList: ['bob'],
    memberList: [{ userID: 'bob', nick: 'Bob', avatar: 'b.png' }],
    newGroupProfile: {},
    groupProfile: { groupID: 'crew', groupName: 'Crew', name: 'Crew' },
    groupJoinType: 2,
    operatorInfo: { userID: 'alice', nick: 'Alice', avatar: '' },
  });
});

test('each change has its number', () => {
  const numbers = {
    created: 1,
    joined: 1,
    left: 2,
    kicked: 3,
    ownerChanged: 6,
    profileChanged: 6,
    settingsChanged: 6,
  };
  for (const [change, number] of Object.entries(numbers))
    expect([change, of({ change, targets: ['bob'] }).operationType]).toEqual([change, number]);
  expect(of({ change: 'roleChanged', targets: ['bob'], after: { bob: 'admin' } }).operationType).toBe(4);
  expect(of({ change: 'roleChanged', targets: ['bob'], after: { bob: 'member' } }).operationType).toBe(5);
  expect(of({ change: 'joined' }).userIDList).toEqual(['alice']);
});

test('what became of the group, in the vendor’s words, and only that', () => {
  expect(of({ change: 'profileChanged', after: { name: 'N', announcement: null } }).newGroupProfile).toEqual({
    groupName: 'N',
    name: 'N',
    notification: '',
  });
  expect(of({ change: 'settingsChanged', after: { join: 'closed', maxMembers: 3 } }).newGroupProfile).toEqual(
    { joinOption: 'DisableApply' },
  );
  expect(of({ change: 'ownerChanged', targets: ['bob'] }).newGroupProfile).toEqual({ ownerID: 'bob' });
});
