import { signToken04, signUserSig, signDynamicToken } from '@magpie/credentials';
import { MagpieError, type DoorInput, type Input, type OperationName, type Output } from '@magpie/protocol';
import { Command } from 'commander';
import { adminTokenOf } from './admin-token.ts';
import { registerDataCommands } from './cli-data.ts';
import { compose } from './compose.ts';
import { readConfig } from './config.ts';
import { VERSION } from './version.ts';

/** `magpie`: what an operator does from a shell. Talks to the running server, else works on its data folder. */
const program = new Command('magpie').description('Operate a Magpie server.').showHelpAfterError();

const app = program.command('app').description('Apps: tenants with their doors, secrets and settings.');

app
  .command('create')
  .description('Make an app. Secrets not given are made and printed once.')
  .option('--id <id>', 'own id of the app (made if left out)')
  .option('--name <name>', 'name for people', 'App')
  .option('--tim <SDKAppID[:SECRET]>', 'a Tencent IM door', collect, [])
  .option('--zim <appID[:SECRET]>', 'a ZEGO ZIM door', collect, [])
  .option('--webim <org#name[:CLIENTID:CLIENTSECRET]>', 'an Easemob door', collect, [])
  .option('--set <name=value>', 'a setting, value as JSON', collect, [])
  .action(
    async (options: {
      id?: string;
      name: string;
      tim: string[];
      zim: string[];
      webim: string[];
      set: string[];
    }) => {
      const { app: made, secrets } = await call('app.create', {
        ...(options.id === undefined ? {} : { id: options.id }),
        name: options.name,
        doors: doorsOf(options),
        ...(options.set.length > 0 ? { settings: settingsOf(options.set) } : {}),
      });
      print({ app: made, secrets });
    },
  );

app.command('list').description('All apps.').action(async () => print((await call('app.list', {})).apps)); // prettier-ignore

app.command('get <id>').description('One app.').action(async (id: string) => print((await call('app.get', { id })).app)); // prettier-ignore

app
  .command('update <id>')
  .description('Change name, doors or settings; --set name=null goes back to the default.')
  .option('--name <name>', 'name for people')
  .option('--tim <SDKAppID[:SECRET]>', 'add a Tencent IM door', collect, [])
  .option('--zim <appID[:SECRET]>', 'add a ZEGO ZIM door', collect, [])
  .option('--webim <org#name[:CLIENTID:CLIENTSECRET]>', 'add an Easemob door', collect, [])
  .option('--set <name=value>', 'a setting, value as JSON', collect, [])
  .action(
    async (
      id: string,
      options: { name?: string; tim: string[]; zim: string[]; webim: string[]; set: string[] },
    ) => {
      const addDoors = doorsOf(options);
      print(
        await call('app.update', {
          id,
          ...(options.name === undefined ? {} : { name: options.name }),
          ...(addDoors.length > 0 ? { addDoors } : {}),
          ...(options.set.length > 0 ? { settings: settingsOf(options.set) } : {}),
        }),
      );
    },
  );

app
  .command('rotate-secret <id> <door>')
  .description('Give a door (tim:ID, zim:ID or webim:org#name) a new secret, printed once.')
  .option('--grace <seconds>', 'how long tokens made with the old one still work', '0')
  .action(async (id: string, door: string, options: { grace: string }) => {
    print(
      (
        await call('app.rotateSecret', {
          id,
          door: doorNamed(door),
          grace: wholeNumber(options.grace, '--grace') * 1000,
        })
      ).secrets,
    );
  });

app
  .command('delete <id>')
  .description('Delete an app with all its data.')
  .requiredOption('--confirm <id>', 'the id once more')
  .action(async (id: string, options: { confirm: string }) => {
    await call('app.delete', { id, confirm: options.confirm });
    process.stdout.write(`deleted ${id}\n`);
  });

const token = program
  .command('token')
  .description('Make a token as a company’s back end would; needs no server.');
const LIFE = String(7 * 86_400);

token
  .command('tim')
  .description('A UserSig.')
  .requiredOption('--door <SDKAppID:SECRET>')
  .requiredOption('--user <id>')
  .option('--seconds <n>', 'life', LIFE)
  .action((options: { door: string; user: string; seconds: string }) => {
    const [id, secret] = split(options.door, 2);
    line(signUserSig({ sdkAppId: wholeNumber(id, '--door'), secret, userId: options.user, now: Date.now(), expireSeconds: wholeNumber(options.seconds, '--seconds') })); // prettier-ignore
  });

token
  .command('zim')
  .description('A Token04.')
  .requiredOption('--door <appID:SECRET>')
  .requiredOption('--user <id>')
  .option('--seconds <n>', 'life', LIFE)
  .action((options: { door: string; user: string; seconds: string }) => {
    const [id, secret] = split(options.door, 2);
    line(signToken04({ appId: wholeNumber(id, '--door'), secret, userId: options.user, now: Date.now(), effectiveSeconds: wholeNumber(options.seconds, '--seconds') })); // prettier-ignore
  });

token
  .command('webim')
  .description('A self-signed (dynamic) Easemob user token.')
  .requiredOption('--door <org#name:CLIENTID:CLIENTSECRET>')
  .requiredOption('--user <id>')
  .option('--seconds <n>', 'life', LIFE)
  .action((options: { door: string; user: string; seconds: string }) => {
    const [appKey, clientId, clientSecret] = split(options.door, 3);
    line(signDynamicToken({ appKey, clientId, clientSecret, userId: options.user, now: Date.now(), ttlSeconds: wholeNumber(options.seconds, '--seconds') })); // prettier-ignore
  });

registerDataCommands(program);

/** The running server's REST API; without one, the data folder itself (which its lock keeps to one of us). */
async function call<N extends OperationName>(operation: N, input: Input<N>): Promise<Output<N>> {
  const config = readConfig(process.env);
  const url = process.env['MAGPIE_SERVER'] || `http://${config.host}:${config.port}`;
  const adminToken = await adminTokenOf(config);
  let response: Response;
  try {
    response = await fetch(`${url}/v1/${operation}`, { method: 'POST', headers: { 'authorization': `Bearer ${adminToken}`, 'content-type': 'application/json' }, body: JSON.stringify(input) }); // prettier-ignore
  } catch {
    if (process.env['MAGPIE_SERVER']) throw new Error(`no server answers at ${url}`);
    const composition = await compose(config, VERSION, (what, error) => process.stderr.write(`${what}: ${String(error)}\n`)); // prettier-ignore
    const operator = {
      app: { id: '', name: '', doors: [], settings: {} as never, createdAt: 0 },
      caller: 'admin',
      userId: '',
      by: 'command line',
    } as const;
    try {
      return await composition.domain.call(operation, operator, input);
    } finally {
      await composition.close();
    }
  }
  const body = (await response.json()) as { error?: { code: string; message: string; field?: string } };
  if (body.error)
    throw new Error(
      `${body.error.message}${body.error.field === undefined ? '' : ` (${body.error.field})`} [${body.error.code}]`,
    );
  return body as Output<N>;
}

function doorsOf(options: { tim: string[]; zim: string[]; webim: string[] }): DoorInput[] {
  return [
    ...options.tim.map((text): DoorInput => withSecret('tim', text)),
    ...options.zim.map((text): DoorInput => withSecret('zim', text)),
    ...options.webim.map((text): DoorInput => {
      const [id = '', clientId, clientSecret] = text.split(':');
      if ((clientId === undefined) !== (clientSecret === undefined))
        throw new Error('--webim takes org#name or org#name:CLIENTID:CLIENTSECRET');
      return {
        kind: 'webim',
        id,
        ...(clientId === undefined || clientSecret === undefined ? {} : { clientId, clientSecret }),
      };
    }),
  ];
}

function withSecret(kind: 'tim' | 'zim', text: string): DoorInput {
  const colon = text.indexOf(':');
  const id = wholeNumber(colon < 0 ? text : text.slice(0, colon), `--${kind}`);
  return colon < 0 ? { kind, id } : { kind, id, secret: text.slice(colon + 1) };
}

function doorNamed(text: string): DoorInput {
  const [kind, id] = split(text, 2);
  if (kind === 'webim') return { kind, id };
  if (kind === 'tim' || kind === 'zim') return { kind, id: wholeNumber(id, 'door') };
  throw new Error('a door is tim:ID, zim:ID or webim:org#name');
}

function settingsOf(pairs: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name, text] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      if (name === '') throw new Error('--set takes name=value');
      try {
        return [name, JSON.parse(text) as unknown];
      } catch {
        return [name, text];
      }
    }),
  );
}

/** The last part keeps its colons. */
function split(text: string, parts: 2): [string, string];
function split(text: string, parts: 3): [string, string, string];
function split(text: string, parts: number): string[] {
  const out = text.split(':');
  if (out.length < parts) throw new Error(`“${text}” needs ${parts} parts joined by colons`);
  return [...out.slice(0, parts - 1), out.slice(parts - 1).join(':')];
}

function wholeNumber(text: string, what: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new Error(`${what} needs a whole number, not “${text}”`);
  return Number(text);
}

function collect(value: string, all: string[]): string[] {
  return [...all, value];
}

function print(value: unknown): void {
  line(JSON.stringify(value, null, 2));
}

function line(text: string): void {
  process.stdout.write(`${text}\n`);
}

program.parseAsync().catch((error: unknown) => {
  const text =
    error instanceof MagpieError
      ? `${error.message} [${error.code}]`
      : error instanceof Error
        ? error.message
        : String(error);
  process.stderr.write(`magpie: ${text}\n`);
  process.exitCode = 1;
});
