import { entryClassOf, MagpieError, type SendInput } from '@magpie/protocol';
import type { SendAttempt, SendGuard } from '../core/guards.ts';
import type { Store } from '../ports/store.ts';
import { ALLOW, type BeforeHooks, type Verdict } from './before.ts';
import type { Hook, HookDirectory } from './hooks.ts';

/** Size rules of the app for content and extra; throws. */
type SizeCheck = (attempt: Pick<SendAttempt, 'ctx' | 'content' | 'extra'>) => void;

/** The before hook of `message.send`: the last guard, as what it is shown is what would be written. */
export const hookGuard: SendGuard = (attempt, { sendHook }) => sendHook.guard(attempt);

interface Asking {
  readonly given: string;
  readonly verdict: Promise<Verdict>;
}

/**
 * Asks about sends beside each other and lets them go on in the order they came: those of one sender to one conversation never
 * overtake each other, however differently the back end takes its time.
 */
export class SendHook {
  /** The last send that has not gone on, by conversation and sender. */
  private readonly tails = new Map<string, Promise<unknown>>();
  /** By conversation, sender and clientId: a send tried again meanwhile waits for the same answer. */
  private readonly asking = new Map<string, Asking>();
  private readonly store: Store;
  private readonly hooks: HookDirectory;
  private readonly before: BeforeHooks;
  private readonly checkSize: SizeCheck;

  constructor(store: Store, hooks: HookDirectory, before: BeforeHooks, checkSize: SizeCheck) {
    this.store = store;
    this.hooks = hooks;
    this.before = before;
    this.checkSize = checkSize;
  }

  guard(attempt: SendAttempt): void | Promise<void> {
    if (!this.hooks.asks && this.tails.size === 0) return;
    const { ctx, place, input } = attempt;
    if (ctx.caller !== 'user' || input.content.type === 'typing') return;
    const lane = `${place.num} ${ctx.userId}`;
    const hook = this.hooks.before(ctx.app.id, 'message.send');
    const previous = this.tails.get(lane);
    if (!hook && !previous) return;
    const verdict = hook ? this.decide(attempt, hook) : Promise.resolve(ALLOW);
    const gone = (previous ?? Promise.resolve()).then(() => verdict).then((said) => apply(attempt, said));
    const tail = gone.catch(() => undefined);
    this.tails.set(lane, tail);
    void tail.then(() => this.tails.get(lane) === tail && this.tails.delete(lane));
    return gone;
  }

  /** Never rejects. */
  private async decide(attempt: SendAttempt, hook: Hook): Promise<Verdict> {
    try {
      // Tried again: the first result stands, whatever would be said now.
      if (await this.isStored(attempt)) return ALLOW;
      const verdict = await this.ask(attempt, hook);
      // It may have been stored since, by a try that was allowed.
      if (verdict.action === 'refuse' && (await this.isStored(attempt))) return ALLOW;
      return verdict;
    } catch (error) {
      return { action: 'refuse', error: MagpieError.from(error), silent: false };
    }
  }

  private async isStored({ ctx, place, input, stored }: SendAttempt): Promise<boolean> {
    if (!stored) return false;
    return (await this.store.messages.byClientId(place.num, ctx.userId, input.clientId)) !== undefined;
  }

  private async ask(attempt: SendAttempt, hook: Hook): Promise<Verdict> {
    const { ctx, place, input, given, content, extra } = attempt;
    const key = `${place.num} ${ctx.userId} ${input.clientId}`;
    const known = this.asking.get(key);
    if (known?.given === given) return await known.verdict;
    const shown: SendInput = { ...input, content, ...(extra === undefined ? {} : { extra }) };
    const verdict = this.before.ask(ctx, hook, 'message.send', shown, (changed) => this.fits(attempt, changed as SendInput)); // prettier-ignore
    this.asking.set(key, { given, verdict });
    try {
      return await verdict;
    } finally {
      if (this.asking.get(key)?.verdict === verdict) this.asking.delete(key);
    }
  }

  /** What is drawn stays drawn, what is hidden stays hidden: readers count on it. */
  private fits({ ctx, input }: SendAttempt, { content, extra }: SendInput): void {
    if (content.type === 'typing' || entryClassOf(content.type) !== entryClassOf(input.content.type))
      throw new MagpieError('BAD_REQUEST', { message: `a message of type ${input.content.type} may not become ${content.type}` }); // prettier-ignore
    this.checkSize({ ctx, content, extra });
  }
}

function apply(attempt: SendAttempt, verdict: Verdict): void {
  if (verdict.action === 'allow') return;
  if (verdict.action === 'change') {
    const { content, extra, mentions } = verdict.input as SendInput;
    attempt.content = content;
    attempt.extra = extra;
    attempt.mentions = mentions;
    return;
  }
  if (!verdict.silent) throw verdict.error;
  attempt.audience = [attempt.ctx.userId];
  attempt.counts = false;
}
