import { expect, it } from 'vitest';
import { createLocalBus } from '../core/local-bus.ts';
import type { Store } from '../ports/store.ts';
import { APPS_CHANGED, AppDirectory } from './directory.ts';

it('a change that could not be read is read as soon as the store is back', async () => {
  const bus = createLocalBus();
  const names = ['a'];
  let down = false;
  let asked = 0;
  const all = async () => {
    asked++;
    if (down) throw new Error('away');
    return names.map((id) => ({ app: { id, name: id, createdAt: 0, settings: {} }, doors: [] }));
  };
  const apps = new AppDirectory({ apps: { all } } as unknown as Store, bus);
  const settled = () => new Promise((resolve) => void setImmediate(resolve));
  await apps.reload();
  down = true;
  names.push('b');
  bus.publish(APPS_CHANGED, '');
  await settled();
  apps.sweep();
  await settled();
  expect(apps.get('b')).toBeUndefined();
  down = false;
  apps.sweep();
  await settled();
  expect(apps.get('b')?.name).toBe('b');
  const before = asked;
  apps.sweep();
  await settled();
  expect(asked).toBe(before);
});
