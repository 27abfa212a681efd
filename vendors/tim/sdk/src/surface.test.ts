import { readFileSync } from 'node:fs';
import { ALL_OPERATIONS } from '@magpie/protocol';
import { expect, test } from 'vitest';
import TencentCloudChat from './chat.ts';
import TIM from './index.ts';
import { UNSUPPORTED } from './unsupported.ts';

interface Surface {
  readonly names: Readonly<Record<string, string>>;
  readonly operations: Readonly<Record<string, readonly string[] | string>>;
}

const surface = JSON.parse(readFileSync(new URL('../surface.json', import.meta.url), 'utf8')) as Surface;
const chat = TIM.create({ SDKAppID: 1400009001 });
const statics = { ...TIM, ...TencentCloudChat } as Record<string, unknown>;
const methods = Object.keys(surface.names).filter(
  (name) => !name.includes('.') && !Object.hasOwn(statics, name),
);

test('every name has a verdict, and a reason where it is not full', () => {
  for (const [name, verdict] of Object.entries(surface.names))
    expect(`${name}: ${verdict}`).toMatch(/: (full|partial: .{5,}|unsupported: .{5,})$/);
});

test('every method of the surface exists, and there is none besides', () => {
  expect(methods).toHaveLength(149);
  expect(Object.keys(chat).sort()).toEqual([...methods].sort());
  for (const method of Object.values(chat)) expect(method).toBeTypeOf('function');
});

test('every event of both versions is named', () => {
  const events = Object.keys(surface.names).flatMap((name) =>
    name.startsWith('EVENT.') ? name.slice(6) : [],
  );
  expect(events.sort()).toEqual(Object.keys({ ...TIM.EVENT, ...TencentCloudChat.EVENT }).sort());
});

test('what is called unsupported refuses by name, and nothing else is', async () => {
  const called = methods.filter((name) => surface.names[name]?.startsWith('unsupported'));
  expect([...called].sort()).toEqual([...UNSUPPORTED].sort());
  for (const name of UNSUPPORTED)
    await expect(chat[name]()).rejects.toMatchObject({
      code: 3122,
      message: expect.stringContaining(name) as string,
    });
});

test('every operation of users has its names or a reason', () => {
  const operations = ALL_OPERATIONS.filter(({ callers }) =>
    (callers as readonly string[]).some((caller) => caller !== 'admin'),
  );
  expect(Object.keys(surface.operations).sort()).toEqual(operations.map(({ name }) => name as string).sort());
  for (const [operation, reached] of Object.entries(surface.operations)) {
    if (typeof reached === 'string') expect(`${operation} ${reached}`).toMatch(/ none: .{5,}$/);
    else for (const name of reached) expect(methods, operation).toContain(name);
  }
});
