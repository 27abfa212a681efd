import type { GroupEvent } from '@magpie/client';
import { expect, it } from 'vitest';
import { groupEvents, toPresence } from './group-event.ts';

const event = (
  change: GroupEvent['change'],
  actor: string,
  targets: string[],
  more: Partial<GroupEvent> = {},
): GroupEvent => ({
  change,
  group: { id: 'g1', kind: 'club', name: 'Club', memberCount: 3 },
  actor,
  targets,
  at: 1,
  mine: false,
  ...more,
});
const operations = (told: GroupEvent, me = 'bob') => groupEvents(told, me).map(({ operation }) => operation);

it('tells each change by who hears it', () => {
  expect(operations(event('created', 'bob', []))).toEqual(['create']);
  expect(operations(event('created', 'alice', ['Bob']))).toEqual(['directJoined']);
  expect(operations(event('invited', 'alice', ['bob']))).toEqual(['directJoined']);
  expect(operations(event('invited', 'alice', ['carol', 'dave']))).toEqual([
    'memberPresence',
    'memberPresence',
    'membersPresence',
  ]);
  expect(operations(event('joined', 'carol', []))).toEqual(['memberPresence', 'membersPresence']);
  expect(operations(event('joined', 'bob', []))).toEqual([]);
  expect(operations(event('left', 'carol', []))).toEqual(['memberAbsence', 'membersAbsence']);
  expect(operations(event('kicked', 'alice', ['bob']))).toEqual(['removeMember']);
  expect(operations(event('kicked', 'alice', ['carol']))).toEqual(['memberAbsence', 'membersAbsence']);
  expect(operations(event('dismissed', 'alice', []))).toEqual(['destroy']);
  expect(operations(event('ownerChanged', 'alice', ['bob']))).toEqual(['changeOwner']);
  expect(operations(event('roleChanged', 'alice', ['bob'], { after: { bob: 'admin' } }))).toEqual([
    'setAdmin',
  ]);
  expect(operations(event('roleChanged', 'alice', ['bob'], { after: { bob: 'member' } }))).toEqual([
    'removeAdmin',
  ]);
  expect(operations(event('roleChanged', 'alice', ['carol'], { after: { carol: 'admin' } }))).toEqual([]);
});

it('splits a profile change into announcement and details', () => {
  const both = groupEvents(
    event('profileChanged', 'alice', [], { after: { announcement: 'hi', name: 'New', intro: 'x' } }),
    'bob',
  );
  expect(both).toMatchObject([
    { operation: 'updateAnnouncement', announcement: 'hi' },
    { operation: 'updateInfo', detail: { name: 'New', description: 'x' } },
  ]);
  expect(operations(event('profileChanged', 'alice', [], { after: { announcement: '' } }))).toEqual([
    'deleteAnnouncement',
  ]);
  const settings = groupEvents(
    event('settingsChanged', 'alice', [], { after: { join: 'approve', maxMembers: 9 } }),
    'bob',
  );
  expect(settings).toMatchObject([
    { operation: 'updateInfo', detail: { public: true, approval: true, maxUsers: 9 } },
  ]);
});

it('the old callbacks get one notification per user', () => {
  const told = groupEvents(event('kicked', 'alice', ['Carol']), 'bob');
  expect(told.map((one) => toPresence(one, 'bob')?.type)).toEqual(['leaveGroup', undefined]);
  const [removed] = groupEvents(event('kicked', 'Alice', ['bob'], { reason: 'rude' }), 'bob');
  expect(removed && toPresence(removed, 'bob')).toEqual({
    type: 'removedFromGroup',
    from: 'alice',
    to: 'bob',
    status: '',
    chatroom: false,
    gid: 'g1',
    groupName: 'Club',
    reason: 'rude',
    kicked: 'bob',
  });
});
