import { MagpieError, settingSchema, type App, type DoorInput, type Output } from '@magpie/protocol';
import * as v from 'valibot';
import { actOps } from '../audit/audit.ts';
import type { HandlersOf } from '../core/context.ts';
import { conflictAs } from '../core/conflict.ts';
import type { Deps } from '../deps.ts';
import type { DoorRow } from '../ports/rows.ts';
import type { WriteOp } from '../ports/writes.ts';
import { retentionTimer, touchesRetention } from '../retention/retention.ts';
import { APPS_CHANGED } from './directory.ts';
import { appPurgeTimer } from './purge.ts';

type Secrets = Output<'app.create'>['secrets'];

/** `app.*`: for the operator. Secrets are sealed before the store sees them and answered once, when made. */
export function appHandlers(deps: Deps): HandlersOf<'app'> {
  const { store, apps, clock, random, bus, sessions } = deps;

  async function changed(): Promise<void> {
    await apps.reload();
    bus.publish(APPS_CHANGED, '');
  }

  function describe(id: string): App {
    const found = apps.get(id);
    if (!found) throw new MagpieError('APP_NOT_FOUND', { field: 'id' });
    return apps.describe(found);
  }

  return {
    'app.create': async (ctx, input) => {
      const id = input.id ?? `app-${random.digits(8)}`;
      const made = input.doors.map((door) => doorRow(deps, id, door));
      await store
        .commit([
          {
            op: 'app.create',
            row: {
              id,
              name: input.name,
              settings: checkSettings(input.settings ?? {}),
              createdAt: clock.now(),
            },
          },
          ...made.map(({ row }): WriteOp => ({ op: 'door.put', row })),
          ...(touchesRetention(input.settings) ? [retentionTimer(deps, id)] : []),
          ...actOps(ctx),
        ]) // prettier-ignore
        .catch(conflictAs('APP_EXISTS'));
      await changed();
      return { app: describe(id), secrets: made.map(({ secret }) => secret) };
    },

    'app.list': async (_ctx, input) => {
      const sorted = [...apps.all()].sort((a, b) => (a.id < b.id ? -1 : 1));
      const { cursor } = input;
      const from = cursor === undefined ? sorted : sorted.filter((app) => app.id > cursor);
      const page = from.slice(0, input.limit ?? 200);
      const last = page.at(-1);
      return {
        apps: page.map((app) => apps.describe(app)),
        ...(last && page.length < from.length ? { next: last.id } : {}),
      };
    },

    'app.get': async (_ctx, input) => ({ app: describe(input.id) }),

    'app.update': async (ctx, input) => {
      const before = describe(input.id);
      const made = (input.addDoors ?? []).map((door) => doorRow(deps, input.id, door));
      const settings = { ...before.settings, ...checkSettings(input.settings ?? {}) };
      for (const [name, value] of Object.entries(input.settings ?? {}))
        if (value === null) delete settings[name];
      await store
        .commit([
          {
            op: 'app.set',
            id: input.id,
            set: { settings, ...(input.name === undefined ? {} : { name: input.name }) },
          },
          ...(input.removeDoors ?? []).map((door): WriteOp => ({ op: 'door.remove', app: input.id, kind: door.kind, vendorId: String(door.id) })), // prettier-ignore
          ...made.map(({ row }): WriteOp => ({ op: 'door.put', row })),
          ...(touchesRetention(input.settings) ? [retentionTimer(deps, input.id)] : []),
          ...actOps(ctx),
        ])
        .catch(conflictAs('APP_EXISTS', 'addDoors'));
      await changed();
      if (touchesRetention(input.settings)) deps.timers.noted(clock.now());
      return { app: describe(input.id), secrets: made.map(({ secret }) => secret) };
    },

    'app.rotateSecret': async (ctx, input) => {
      const old = apps.door(input.door.kind, String(input.door.id));
      if (!old || old.app !== input.id) throw new MagpieError('APP_NOT_FOUND', { field: 'door', message: 'The app has no such door.' }); // prettier-ignore
      const { row, secret } = doorRow(deps, input.id, input.door, old.clientId);
      const grace = input.grace ?? 0;
      await store.commit([
        { op: 'door.put', row: { ...row, sealedOldSecret: grace > 0 ? old.sealedSecret : null, oldUntil: grace > 0 ? clock.now() + grace : null } }, // prettier-ignore
        ...actOps(ctx),
      ]);
      await changed();
      return { secrets: [secret] };
    },

    'app.delete': async (ctx, input) => {
      describe(input.id);
      if (input.confirm !== input.id) throw new MagpieError('BAD_REQUEST', { field: 'confirm', message: 'Repeat the app id to confirm.' }); // prettier-ignore
      await store.commit([{ op: 'app.delete', id: input.id, at: clock.now() }, appPurgeTimer(deps, input.id), ...actOps(ctx)]); // prettier-ignore
      await changed();
      sessions.kickApp(input.id);
      deps.timers.noted(clock.now());
      return {};
    },
  };
}

function doorRow(
  deps: Deps,
  app: string,
  door: DoorInput,
  keepClientId?: string | null,
): { row: DoorRow; secret: Secrets[number] } {
  const vendorId = String(door.id);
  const secret = door.kind === 'webim' ? (door.clientSecret ?? deps.random.text(32)) : (door.secret ?? deps.random.text(door.kind === 'tim' ? 64 : 32)); // prettier-ignore
  const clientId = door.kind === 'webim' ? (door.clientId ?? keepClientId ?? deps.random.text(22)) : null;
  const row: DoorRow = { kind: door.kind, vendorId, app, clientId, sealedSecret: deps.sealer.seal(secret, `${app}/${door.kind}:${vendorId}`), sealedOldSecret: null, oldUntil: null }; // prettier-ignore
  return { row, secret: clientId === null ? { kind: door.kind, id: door.id, secret } : { kind: door.kind, id: door.id, clientId, clientSecret: secret } }; // prettier-ignore
}

/** Known names with fitting values; null (back to default) passes. */
function checkSettings(settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(settings)) {
    const schema = settingSchema(name);
    if (!schema)
      throw new MagpieError('BAD_REQUEST', {
        field: `settings.${name}`,
        message: `There is no setting ${name}.`,
      });
    if (value === null) continue;
    const result = v.safeParse(schema, value);
    if (!result.success)
      throw new MagpieError('BAD_REQUEST', { field: `settings.${name}`, message: result.issues[0].message });
    out[name] = result.output;
  }
  return out;
}
