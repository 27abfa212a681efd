import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ALL_OPERATIONS, ERRORS } from '@magpie/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import surface from '../surface.json' with { type: 'json' };
import { createEmitter } from './emitter.ts';
import { ERROR_CODES, ERROR_CODES_BY_AREA, toZimError } from './errors.ts';
import * as sdk from './index.ts';
import { createLocalIds } from './local-ids.ts';
import { UNSUPPORTED } from './unsupported.ts';

const { ZIM } = sdk;
const names = Object.entries(surface.names);
const STATICS = ['getVersion', 'create', 'getInstance', 'setAdvancedConfig', 'setGeofencingConfig'];

describe('the surface', () => {
  let zim: sdk.ZIM;
  beforeEach(() => {
    ZIM.setAdvancedConfig('server', 'http://127.0.0.1:1');
    const made = ZIM.create({ appID: 1 });
    if (made === null) throw new Error('there is an instance left over');
    zim = made;
  });
  afterEach(() => zim.destroy());

  it('lists the vendor’s 145 methods, 60 events and 59 enums', () => {
    expect(names.filter(([name]) => name.startsWith('ZIM.'))).toHaveLength(145);
    expect(names.filter(([name]) => name.startsWith('event '))).toHaveLength(60);
    expect(names.filter(([name]) => /^ZIM\w+$/.test(name))).toHaveLength(59);
  });

  it('says of every name full, partial or unsupported, and why', () => {
    for (const [name, support] of names)
      expect(support, name).toMatch(/^(full|(partial|unsupported): .{5,})$/);
  });

  it('has every name it lists', () => {
    for (const [name] of names) {
      if (name.startsWith('event ')) continue;
      const method = name.startsWith('ZIM.') ? name.slice(4) : undefined;
      if (method === undefined) expect(sdk, name).toHaveProperty(name);
      else expect(STATICS.includes(method) ? ZIM : zim, name).toHaveProperty(method, expect.any(Function));
    }
  });

  it('has no method it does not list', () => {
    for (const name of Object.keys(zim)) expect(surface.names).toHaveProperty([`ZIM.${name}`]);
  });

  it('rejects what is not there with the vendor’s error, naming the method', async () => {
    const methods = zim as unknown as Record<string, () => Promise<unknown>>;
    for (const [name, why] of Object.entries(UNSUPPORTED)) {
      expect(surface.names).toHaveProperty([`ZIM.${name}`], `unsupported: ${why}`);
      const call = async () => methods[name]?.();
      await expect(call(), name).rejects.toEqual({
        code: 6000013,
        message: `${name} is not supported: ${why}`,
      });
    }
  });

  it('rejects every other call before a login with 6000121', async () => {
    const methods = zim as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    const quiet = ['on', 'off', 'destroy', 'login', 'logout', 'setLogConfig'];
    for (const name of Object.keys(zim)) {
      if (quiet.includes(name) || name in UNSUPPORTED) continue;
      await expect(methods[name]?.('a', 0, {}), name).rejects.toMatchObject({
        code: 6000121,
        message: expect.any(String) as string,
      });
    }
  });

  it('names every user operation of the contract, and only names it has', () => {
    const callable = ALL_OPERATIONS.filter(({ callers }) =>
      (callers as readonly string[]).some((caller) => caller !== 'admin'),
    );
    expect(Object.keys(surface.operations).sort()).toEqual(callable.map(({ name }) => name).sort());
    for (const [operation, reached] of Object.entries(surface.operations)) {
      if (typeof reached === 'string') expect(reached, operation).toMatch(/^none: .{5,}/);
      else for (const name of reached) expect(surface.names, operation).toHaveProperty([name]);
    }
  });
});

describe('the one instance', () => {
  afterEach(() => ZIM.getInstance()?.destroy());

  it('is made once, in both forms, and again after destroy', () => {
    ZIM.setAdvancedConfig('server', 'http://127.0.0.1:1');
    expect(ZIM.getInstance()).toBeNull();
    const first = ZIM.create(1400000001);
    expect(first).toBeInstanceOf(ZIM);
    expect(ZIM.create({ appID: 1400000001 })).toBeNull();
    expect(ZIM.getInstance()).toBe(first);
    first?.destroy();
    expect(ZIM.getInstance()).toBeNull();
    expect(ZIM.create({ appID: 1400000001 })).toBeInstanceOf(ZIM);
  });

  it('is not made for an appID that is none', () => {
    for (const appID of [0, -1, 1.5, '1', undefined])
      expect(ZIM.create({ appID: appID as number })).toBeNull();
  });

  it('rejects calls after destroy with 6000002, and a login with bad arguments with 6000001', async () => {
    ZIM.setAdvancedConfig('server', 'http://127.0.0.1:1');
    const zim = ZIM.create({ appID: 1 });
    await expect(zim?.login('', { token: 't' } as sdk.ZIMLoginConfig)).rejects.toMatchObject({
      code: 6000001,
    });
    await expect(zim?.login('a', {} as sdk.ZIMLoginConfig)).rejects.toMatchObject({ code: 6000103 });
    zim?.destroy();
    await expect(zim?.queryGroupList()).rejects.toMatchObject({ code: 6000002 });
  });

  it('says its version and refuses regions', () => {
    expect(ZIM.getVersion()).toBe('2.29.0');
    expect(ZIM.setGeofencingConfig([2], 1)).toBe(false);
  });
});

describe('tables', () => {
  it('have a number for every error of ours', () => {
    expect(Object.keys(ERROR_CODES).sort()).toEqual(Object.keys(ERRORS).sort());
    const known = new Set(Object.values(sdk.ZIMErrorCode));
    for (const table of [ERROR_CODES, ...Object.values(ERROR_CODES_BY_AREA)]) {
      for (const code of Object.values(table)) expect(known).toContain(code);
    }
  });

  it('answer plain objects', () => {
    const error = toZimError(new Error('odd'));
    expect(error).toEqual({ code: 1, message: 'odd' });
    expect(Object.getPrototypeOf(error)).toBe(Object.prototype);
    expect(Object.isFrozen(error)).toBe(false);
  });
});

describe('on and off', () => {
  const zim = {} as sdk.ZIM;

  it('keep one handler a name, called with the instance first', () => {
    const calls: unknown[] = [];
    const { on, off, emit } = createEmitter(zim, () => undefined);
    on('tokenWillExpire', () => calls.push('first'));
    on('tokenWillExpire', (instance, data) => calls.push([instance === zim, data]));
    emit('tokenWillExpire', { second: 30 });
    off('tokenWillExpire');
    emit('tokenWillExpire', { second: 29 });
    expect(calls).toEqual([[true, { second: 30 }]]);
  });

  it('survive a handler that throws', () => {
    const thrown: unknown[] = [];
    const { on, emit } = createEmitter(zim, (event) => thrown.push(event));
    on('error', () => {
      throw new Error('of the app');
    });
    emit('error', { code: 1, message: '' });
    expect(thrown).toEqual(['error']);
  });
});

describe('local ids', () => {
  it('are digits, ascend and never repeat, even when the clock stands still or goes back', () => {
    let now = 1_700_000_000_000;
    const ids = createLocalIds(
      () => now,
      () => 0.5,
    );
    const made = Array.from({ length: 5 }, (_, index) => {
      now -= index;
      return ids.next();
    });
    expect(made.every((id) => /^\d{16}$/.test(id))).toBe(true);
    expect([...made].sort()).toEqual(made);
    expect(new Set(made).size).toBe(5);
    expect([ids.orderAfter(7), ids.orderAfter(7)]).toEqual([7.000001, 7.000002]);
  });
});

describe('types', () => {
  it('have every name the published typings export', async () => {
    const folder = join(dirname(createRequire(import.meta.url).resolve('zego-zim-web')), 'entity');
    const index = await readFile(new URL('./index.ts', import.meta.url), 'utf8');
    const exported = new Set(index.match(/\bZIM\w*/g));
    const declared: string[] = [];
    for (const file of await readdir(folder)) {
      const text = await readFile(join(folder, file), 'utf8');
      for (const [, name = ''] of text.matchAll(
        /^export (?:declare )?(?:abstract )?(?:enum|interface|class|type) (\w+)/gm,
      ))
        declared.push(name);
    }
    expect(declared.length).toBeGreaterThan(400);
    expect(declared.filter((name) => !exported.has(name))).toEqual([]);
  });
});
