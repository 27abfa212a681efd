import { HOOKABLE, HOOK_EVENTS, MagpieError, type Input, type Webhook } from '@magpie/protocol';
import { conflictAs } from '../core/conflict.ts';
import type { HandlersOf } from '../core/context.ts';
import type { Deps } from '../deps.ts';
import { OutboundError } from '../ports/outbound.ts';
import type { HookRow } from '../ports/rows.ts';
import { HOOKS_CHANGED, secretPlace, type Hook } from './hooks.ts';
import { OUTBOX } from './lane.ts';
import { post, troubleOf } from './post.ts';

/** Parked events taken at once when none are named. */
const OLDEST = 1_000;
const PAGE = 50;

/** `webhook.*`: for the operator and the app's back end. Secrets are sealed before the store sees them and answered once. */
export function webhookHandlers(deps: Deps): HandlersOf<'webhook'> {
  const { store, hooks, clock, random, bus } = deps;

  async function changed(): Promise<void> {
    await hooks.reload();
    bus.publish(HOOKS_CHANGED, '');
  }

  function find(app: string, id: string): Hook {
    const hook = hooks.get(app, id);
    if (!hook) throw new MagpieError('WEBHOOK_NOT_FOUND', { field: 'id' });
    return hook;
  }

  async function unpark(app: string, input: Input<'webhook.retry'>, forget: boolean): Promise<number> {
    const { id } = find(app, input.id);
    const ids = input.entries?.map(Number);
    const [{ count }] = await store.commit([
      { op: 'outbox.unpark', app, hook: id, ...(ids ? { ids } : {}), forget, at: clock.now(), max: OLDEST },
    ]);
    return count;
  }

  return {
    'webhook.create': async ({ app }, input) => {
      const { events = [], before = [] } = input;
      checkNames(events, before);
      checkFree(hooks.of(app.id), before);
      await checkAddress(deps, input.url);
      const id = random.text(12).toLowerCase();
      const secret = input.secret ?? random.text(32);
      const row: HookRow = { app: app.id, id, url: input.url, events, before, active: true, sealedSecret: deps.sealer.seal(secret, secretPlace(app.id, id)), createdAt: clock.now() }; // prettier-ignore
      const max = app.settings['limits.webhook.hooks'];
      await store.commit([{ op: 'hook.put', row, max }]).catch(conflictAs('QUOTA_EXCEEDED'));
      await changed();
      return { webhook: { ...viewOf(row), waiting: 0, parked: 0 }, secret };
    },

    'webhook.update': async ({ app }, input) => {
      const hook = find(app.id, input.id);
      const { events = hook.events, before = hook.before, url = hook.url, active = hook.active } = input;
      checkNames(events, before);
      const others = hooks.of(app.id).filter(({ id }) => id !== hook.id);
      checkFree(others, before);
      if (input.url !== undefined) await checkAddress(deps, input.url);
      const sealedSecret = input.secret === undefined ? hook.sealedSecret : deps.sealer.seal(input.secret, secretPlace(app.id, hook.id)); // prettier-ignore
      const row: HookRow = { app: app.id, id: hook.id, url, events, before, active, sealedSecret, createdAt: hook.createdAt }; // prettier-ignore
      await store.commit([{ op: 'hook.put', row }]);
      await changed();
      const webhook = (await describe(deps, app.id)).find(({ id }) => id === hook.id);
      return { webhook: webhook ?? { ...viewOf(row), waiting: 0, parked: 0 } };
    },

    'webhook.remove': async ({ app }, input) => {
      const { id } = find(app.id, input.id);
      await store.commit([{ op: 'hook.remove', app: app.id, id }]);
      await changed();
      return {};
    },

    'webhook.list': async ({ app }) => ({ webhooks: await describe(deps, app.id) }),

    'webhook.test': async ({ app }, input) => {
      const hook = find(app.id, input.id);
      const began = clock.now();
      const id = `t${random.text(20)}`;
      const body = JSON.stringify({ id, app: app.id, at: began, attempt: 1, event: { e: 'webhook.test', d: {} } }); // prettier-ignore
      try {
        const { status } = await post(deps, hook, id, body, OUTBOX.timeout);
        return { status, ms: clock.now() - began };
      } catch (error) {
        return { ms: clock.now() - began, error: troubleOf(error) };
      }
    },

    'webhook.parked': async ({ app }, input) => {
      const { id } = find(app.id, input.id);
      const limit = input.limit ?? PAGE;
      const after = input.cursor === undefined ? undefined : Number(input.cursor);
      if (after !== undefined && !Number.isSafeInteger(after)) throw new MagpieError('BAD_REQUEST', { field: 'cursor', message: 'cursor: not one that was answered.' }); // prettier-ignore
      const rows = await store.webhooks.parked(app.id, id, { limit: limit + 1, ...(after === undefined ? {} : { after }) }); // prettier-ignore
      const page = rows.slice(0, limit);
      const entries = page.map((row) => ({ entry: String(row.id), event: JSON.parse(row.event) as unknown, lane: row.lane, at: row.at, parkedAt: row.parkedAt ?? row.at, error: row.error ?? '' })); // prettier-ignore
      const last = page.at(-1);
      return { entries, ...(last && rows.length > limit ? { next: String(last.id) } : {}) };
    },

    'webhook.retry': async ({ app }, input) => {
      const count = await unpark(app.id, input, false);
      hooks.queued();
      return { count };
    },

    'webhook.discard': async ({ app }, input) => ({ count: await unpark(app.id, input, true) }),
  };
}

function viewOf(row: HookRow): Pick<Webhook, 'id' | 'url' | 'events' | 'before' | 'active' | 'createdAt'> {
  return { id: row.id, url: row.url, events: [...row.events], before: [...row.before], active: row.active, createdAt: row.createdAt }; // prettier-ignore
}

async function describe({ store, hooks, before }: Deps, app: string): Promise<Webhook[]> {
  const stats = new Map((await store.webhooks.stats(app)).map((row) => [row.hook, row]));
  return hooks.of(app).map((hook) => {
    const found = stats.get(hook.id);
    const lastError = found?.error ?? before.lastError(hook);
    return {
      ...viewOf(hook),
      waiting: found?.waiting ?? 0,
      parked: found?.parked ?? 0,
      ...(found && found.failingSince !== null ? { failingSince: found.failingSince } : {}),
      ...(lastError === undefined ? {} : { lastError }),
    };
  });
}

function checkNames(events: readonly string[], before: readonly string[]): void {
  for (const [index, name] of events.entries())
    if (name !== '*' && !HOOK_EVENTS.has(name)) throw unknown(`events.${index}`, `There is no event ${name} for webhooks.`); // prettier-ignore
  for (const [index, name] of before.entries())
    if (!HOOKABLE.has(name)) throw unknown(`before.${index}`, `${name} is not an operation that is asked about; these are: ${[...HOOKABLE].join(', ')}.`); // prettier-ignore
}

/** One answer decides, so one hook is asked. */
function checkFree(others: readonly Hook[], before: readonly string[]): void {
  for (const [index, name] of before.entries()) {
    const asked = others.find((other) => other.before.includes(name));
    if (asked) throw unknown(`before.${index}`, `The webhook ${asked.id} is asked before ${name} already; only one can be.`); // prettier-ignore
  }
}

function unknown(field: string, message: string): MagpieError {
  return new MagpieError('BAD_REQUEST', { field, message: message.slice(0, 300) });
}

async function checkAddress({ outbound }: Deps, url: string): Promise<void> {
  try {
    await outbound.check(url);
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    const help = error.kind === 'address' ? ' To allow addresses inside, the operator lists them in MAGPIE_OUTBOUND_ALLOW.' : ''; // prettier-ignore
    throw new MagpieError('ADDRESS_REFUSED', { field: 'url', message: `${error.message}${help}`, cause: error }); // prettier-ignore
  }
}
