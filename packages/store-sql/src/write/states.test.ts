import { expect, it } from 'vitest';
import { StateTable } from './states.ts';

interface Row {
  readonly id: number;
  value: string;
}

const table = (...rows: Row[]): StateTable<number, Row> => {
  const made = new StateTable<number, Row>((row) => row.id);
  made.load(rows);
  return made;
};

const change = (t: StateTable<number, Row>, id: number, value: string): void => {
  const row = t.edit(id);
  if (row) row.value = value;
};

it('writes a row once, however often it was touched', () => {
  const t = table({ id: 1, value: 'a' }, { id: 2, value: 'b' });
  t.begin();
  change(t, 1, 'x');
  change(t, 1, 'y');
  expect(t.take()).toEqual([{ id: 1, value: 'y' }]);
  expect(t.take()).toEqual([]);
});

it('takes back what a unit did, and no more', () => {
  const t = table({ id: 1, value: 'a' }, { id: 2, value: 'b' });
  t.begin();
  change(t, 1, 'kept');
  t.begin();
  change(t, 1, 'lost');
  change(t, 2, 'lost');
  t.add({ id: 3, value: 'lost' }, false);
  t.undo();
  expect([t.get(1)?.value, t.get(2)?.value, t.get(3)]).toEqual(['kept', 'b', undefined]);
  expect(t.take()).toEqual([{ id: 1, value: 'kept' }]);
});

it('takes back what was written and removed within the unit', () => {
  const t = table({ id: 1, value: 'a' }, { id: 2, value: 'b' });
  t.begin();
  change(t, 1, 'lost');
  expect(t.take()).toHaveLength(1);
  t.forget((row) => row.id === 2);
  t.editWhere((row) => row.id === 1, (row) => void (row.value = 'lost too')); // prettier-ignore
  expect(t.get(2)).toBeUndefined();
  t.undo();
  expect([t.get(1)?.value, t.get(2)?.value]).toEqual(['a', 'b']);
  expect(t.take()).toEqual([]);
});
