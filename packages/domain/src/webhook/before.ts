import { MagpieError, OPERATIONS, type OperationDefinition, type OperationName } from '@magpie/protocol';
import { checkInput } from '../core/check-input.ts';
import type { Ctx } from '../core/context.ts';
import type { Outbound, OutboundAnswer } from '../ports/outbound.ts';
import type { Clock, Hmac, Random } from '../ports/platform.ts';
import { AskBreaker } from './breaker.ts';
import type { Hook, HookDirectory } from './hooks.ts';
import { post, troubleOf } from './post.ts';

/** What an app's back end said, or what the app's settings say where it said nothing. */
export type Verdict =
  | { readonly action: 'allow' }
  | { readonly action: 'refuse'; readonly error: MagpieError; readonly silent: boolean }
  /** `input`: the whole input with the changes, checked against the contract. */
  | { readonly action: 'change'; readonly input: unknown };

export const ALLOW: Verdict = { action: 'allow' };

type Fields = Readonly<Record<string, unknown>>;

/** Fields of an input that an answer may replace. What names the thing or the call stays what the caller asked for. */
export const CHANGEABLE: Readonly<Partial<Record<OperationName, readonly string[]>>> = {
  'message.send': ['content', 'extra', 'mentions'],
  'group.create': ['name', 'avatar', 'intro', 'announcement', 'ext', 'join', 'maxMembers', 'members'],
  'group.join': [],
  'group.invite': ['users'],
  'room.create': ['name', 'avatar', 'intro', 'announcement', 'ext', 'endDelay'],
  'room.enter': ['ext'],
  'file.grant': ['name'],
};

export interface BeforeDeps {
  readonly hooks: HookDirectory;
  readonly clock: Clock;
  readonly random: Random;
  readonly outbound: Outbound;
  readonly hmac: Hmac;
  readonly onAsked?: OnAsked;
}

export type OnAsked = (ms: number, answered: boolean) => void;

/** The answer was there, but is none that a hook may give. */
class BadAnswer extends Error {}

interface Trouble {
  readonly breaker: AskBreaker;
  failures: number;
  last: string | undefined;
}

/** Asks an app's back end before an operation of a user is done. */
export class BeforeHooks {
  private readonly deps: BeforeDeps;
  private readonly troubles = new Map<string, Trouble>();

  constructor(deps: BeforeDeps) {
    this.deps = deps;
  }

  /** The input to go on with; undefined, and no promise, when nobody is to be asked. Throws what the caller is answered. */
  check(ctx: Ctx, definition: OperationDefinition, input: unknown): Promise<unknown> | undefined {
    if (!this.deps.hooks.asks || ctx.caller !== 'user') return undefined;
    const hook = this.deps.hooks.before(ctx.app.id, definition.name);
    if (!hook) return undefined;
    return this.ask(ctx, hook, definition.name as OperationName, input).then((verdict) => {
      if (verdict.action === 'refuse') throw verdict.error;
      return verdict.action === 'change' ? verdict.input : input;
    });
  }

  /** Never rejects. `fits`: rules of the slice for a changed input; throws what is wrong with it. */
  async ask(
    ctx: Ctx,
    hook: Hook,
    operation: OperationName,
    input: unknown,
    fits: (changed: unknown) => void = () => undefined,
  ): Promise<Verdict> {
    const trouble = this.troubleWith(hook);
    const { clock } = this.deps;
    if (!trouble.breaker.admits(clock.now())) return this.failed(ctx, trouble, operation, 'not asked, as it did not answer before'); // prettier-ignore
    let answer: OutboundAnswer;
    const asked = clock.now();
    try {
      answer = await this.request(ctx, hook, operation, input);
      this.deps.onAsked?.(clock.now() - asked, true);
    } catch (error) {
      this.deps.onAsked?.(clock.now() - asked, false);
      trouble.breaker.unanswered(clock.now());
      return this.failed(ctx, trouble, operation, troubleOf(error));
    }
    trouble.breaker.answered();
    try {
      return verdictOf(operation, input, answer, fits);
    } catch (error) {
      return this.failed(ctx, trouble, operation, troubleOf(error));
    }
  }

  /** For operators: the last failure of a hook that was asked. */
  lastError(hook: Hook): string | undefined {
    return this.troubles.get(hook.name)?.last;
  }

  private async request(ctx: Ctx, hook: Hook, operation: string, input: unknown): Promise<OutboundAnswer> {
    const { clock, random } = this.deps;
    const id = `b${random.text(20)}`;
    const platform = ctx.session?.platform;
    const body = JSON.stringify({ id, app: ctx.app.id, at: clock.now(), before: operation, user: ctx.userId, platform, input }); // prettier-ignore
    return await post(this.deps, hook, id, body, ctx.app.settings['webhook.before.timeout']);
  }

  private failed(ctx: Ctx, trouble: Trouble, operation: string, why: string): Verdict {
    trouble.failures++;
    const at = new Date(this.deps.clock.now()).toISOString();
    trouble.last = `before ${operation}, ${at}, failure ${trouble.failures}: ${why}`;
    if (ctx.app.settings['webhook.before.onFailure'] === 'allow') return ALLOW;
    const error = new MagpieError('REFUSED_BY_HOOK', { message: 'The app’s back end gave no answer, and this app demands one.' }); // prettier-ignore
    return { action: 'refuse', error, silent: false };
  }

  private troubleWith(hook: Hook): Trouble {
    const known = this.troubles.get(hook.name);
    if (known) return known;
    const fresh: Trouble = { breaker: new AskBreaker(), failures: 0, last: undefined };
    this.troubles.set(hook.name, fresh);
    return fresh;
  }
}

function verdictOf(
  operation: OperationName,
  input: unknown,
  { status, body }: OutboundAnswer,
  fits: (changed: unknown) => void,
): Verdict {
  if (status < 200 || status >= 300) throw new BadAnswer(`HTTP ${status}`);
  if (body.trim() === '') return ALLOW;
  const answer = parse(body);
  switch (answer['action']) {
    case 'allow':
      return ALLOW;
    case 'refuse':
      return { action: 'refuse', error: refusal(answer), silent: answer['silent'] === true };
    case 'change': {
      const changed = changedInput(operation, input, answer['input']);
      fits(changed);
      return { action: 'change', input: changed };
    }
    default:
      throw new BadAnswer('the answer’s action is none of allow, refuse, change');
  }
}

function parse(body: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new BadAnswer('the answer is not JSON');
  }
  if (!isFields(value)) throw new BadAnswer('the answer is not a JSON object');
  return value;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const MAX_MESSAGE = 300;

function refusal(answer: Fields): MagpieError {
  const { message, code } = answer;
  return new MagpieError('REFUSED_BY_HOOK', {
    ...(typeof message === 'string' && message !== '' ? { message: message.slice(0, MAX_MESSAGE) } : {}),
    ...(typeof code === 'number' && Number.isSafeInteger(code) ? { detail: { code } } : {}),
  });
}

function changedInput(operation: OperationName, input: unknown, fields: unknown): unknown {
  if (!isFields(fields)) throw new BadAnswer('change names no input');
  const allowed = CHANGEABLE[operation] ?? [];
  for (const name of Object.keys(fields))
    if (!allowed.includes(name)) throw new BadAnswer(`the answer may not change ${name.slice(0, 64)}`);
  const definition = OPERATIONS.get(operation);
  if (!definition) throw new BadAnswer(`there is no ${operation}`);
  try {
    return checkInput(definition, { ...(input as Fields), ...fields });
  } catch (error) {
    throw new BadAnswer(`the changed input does not fit: ${troubleOf(error)}`);
  }
}
