import { expect, it } from 'vitest';
import { fsyncVerdicts } from './fsync-trace.ts';

const write = '10  pwrite64(5</d/db-wal>, "..probe-0..", 4096, 0) = 4096';
const sync = '10  fdatasync(5</d/db-wal>) = 0';
const ack = String.raw`9   write(7<TCP:[1->2]>, "\201{\"r\":[{\"id\":1,\"ok\":{\"id\":\"10000000001\"", 90) = 90`;
const verdict = (...lines: string[]) =>
  fsyncVerdicts(lines.join('\n'), [{ probe: 'probe-0', id: '10000000001' }]);

it('sees the order of write, sync and ack', () => {
  expect(verdict(write, sync, ack)).toEqual(['synced']);
  expect(verdict(write, ack, sync)).toEqual(['acknowledged before the sync']);
  expect(verdict(sync, write, ack)).toEqual(['acknowledged before the sync']);
  expect(verdict(write, '10  fdatasync(6</d/other>) = 0', ack)).toEqual(['acknowledged before the sync']);
  expect(verdict(sync, ack)).toEqual(['never written']);
  expect(verdict(write, sync)).toEqual(['never acknowledged']);
});

it('counts a sync from where it ended', () => {
  const begun = '10  fdatasync(5</d/db-wal> <unfinished ...>';
  const ended = '10  <... fdatasync resumed>) = 0';
  expect(verdict(write, begun, ack, ended)).toEqual(['acknowledged before the sync']);
  expect(verdict(write, begun, ended, ack)).toEqual(['synced']);
});
