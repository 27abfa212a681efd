import { readFileSync } from 'node:fs';
import { ALL_OPERATIONS } from '@magpie/protocol';
import { expect, it } from 'vitest';
import { createEmitter, type HandlerName } from './emitter.ts';
import { ErrorEvent } from './errors.ts';
import webim from './index.ts';
import { UNSUPPORTED } from './unsupported.ts';

interface Surface {
  readonly names: Readonly<Record<string, string>>;
  readonly operations: Readonly<Record<string, string | readonly string[]>>;
}
const surface = JSON.parse(readFileSync(new URL('../surface.json', import.meta.url), 'utf8')) as Surface;
const connect = () => new webim.connection({ appKey: 'magpie#demo', url: 'http://127.0.0.1:1' });

it('every state is one of the three, with its reason', () => {
  for (const [name, state] of Object.entries(surface.names)) {
    expect(state, name).toMatch(/^(full|partial: .+|unsupported: .+)$/);
  }
});

it('every name exists', () => {
  const connection = connect();
  const message = new webim.message('txt', '1');
  message.set({ to: 'bob', msg: 'hi' });
  const owners: Readonly<Record<string, object>> = {
    connection,
    utils: webim.utils,
    logger: { ...webim.logger, onLog: true },
    message: Object.assign(Object.create(null), {
      ...{
        create: webim.message.create,
        createOldMsg: webim.message.createOldMsg,
        getFileUrl: webim.message.getFileUrl,
      },
      ...{ download: webim.message.download, parseDownloadResponse: webim.message.parseDownloadResponse },
      ...{ set: message.set, setChatType: message.setChatType, setGroup: message.setGroup },
    }),
  };
  for (const name of Object.keys(surface.names)) {
    const [owner = '', member] = name.split('.');
    if (member === undefined) expect(webim[owner], name).toBeDefined();
    else if (owners[owner]) expect((owners[owner] as Record<string, unknown>)[member], name).toBeDefined();
  }
});

it('every handler named can be called', () => {
  const heard: string[] = [];
  const names = Object.keys(surface.names).filter((name) => name.startsWith('on.'));
  const emitter = createEmitter({});
  for (const name of names) {
    const handler = name.slice(3) as HandlerName;
    emitter.handlers[handler] = { [handler]: () => heard.push(name) };
    emitter.emit(handler, ...([] as never));
  }
  expect(heard).toEqual(names);
});

it('what is unsupported is exactly what rejects by name', async () => {
  const listed = Object.entries(surface.names)
    .filter(([name, state]) => name.startsWith('connection.') && state.startsWith('unsupported'))
    .map(([name]) => name.slice('connection.'.length));
  expect(listed.toSorted()).toEqual([...UNSUPPORTED].toSorted());
  const connection = connect();
  for (const name of UNSUPPORTED) {
    const error: unknown = await connection[name]().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ErrorEvent);
    expect(error).toMatchObject({
      type: webim.statusCode.OPERATION_UNSUPPORTED,
      message: expect.stringContaining(name),
    });
  }
});

it('an unsupported method tells the error callback too', async () => {
  const told: ErrorEvent[] = [];
  const connection = connect();
  await connection
    .uploadGroupSharedFile({ onFileUploadError: (error: ErrorEvent) => told.push(error) })
    .catch(() => undefined);
  await connection.getContacts({ error: (error: ErrorEvent) => told.push(error) }).catch(() => undefined);
  expect(told.map(({ type }) => type)).toEqual([53, 53]);
});

it('every operation a user can call has a line, and names in it exist', () => {
  const callable = ALL_OPERATIONS.filter(({ callers }) =>
    callers.some((caller) => caller === 'user' || caller === 'anonymous'),
  );
  expect(Object.keys(surface.operations).toSorted()).toEqual(callable.map(({ name }) => name).toSorted());
  for (const [operation, reached] of Object.entries(surface.operations)) {
    if (typeof reached === 'string') expect(reached, operation).toMatch(/^none: .+/);
    else
      for (const name of reached)
        expect(surface.names[name], `${operation}: ${name}`).toMatch(/^(full|partial)/);
  }
});
