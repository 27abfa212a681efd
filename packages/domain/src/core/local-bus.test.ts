import { expect, it } from 'vitest';
import { createLocalBus } from './local-bus.ts';

it.each([
  ['a.b', 'a.b', true],
  ['a.b', 'a.c', false],
  ['a.*', 'a.b', true],
  ['a.*', 'a.b.c', false],
  ['a.>', 'a.b.c', true],
  ['a.>', 'a', false],
  ['a.b', 'a', false],
  ['a', 'a.b', false],
])('%s hears %s: %s', (pattern, subject, hears) => {
  const bus = createLocalBus();
  const heard: string[] = [];
  const stop = bus.subscribe(pattern, (data, on) => heard.push(`${on} ${data}`));
  bus.publish(subject, 'x');
  expect(heard).toEqual(hears ? [`${subject} x`] : []);
  stop();
  bus.publish(subject, 'y');
  expect(heard).toHaveLength(hears ? 1 : 0);
});
