import { MagpieError } from '@magpie/protocol';
import { APPS_CHANGED } from '../app/directory.ts';
import type { SendAttempt, SendGuard } from '../core/guards.ts';
import type { Bus } from '../ports/bus.ts';
import type { WordReads } from '../ports/store.ts';
import { createMatcher, type Matcher } from './matcher.ts';
import { mapTexts } from './texts.ts';

/** `null`: the app has no words, which is remembered. */
type Known = Matcher | null;

/** The app comes last: one may be called as another subject goes on. */
const WORDS_CHANGED = 'magpie.words';

/** The word filters of the apps: made when first needed, dropped when the words change anywhere. */
export class Words {
  private readonly known = new Map<string, Known | Promise<Known>>();
  private readonly words: WordReads;
  private readonly bus: Bus;
  private readonly unsubscribes: readonly (() => void)[];

  constructor(words: WordReads, bus: Bus) {
    this.words = words;
    this.bus = bus;
    this.unsubscribes = [
      bus.subscribe(`${WORDS_CHANGED}.*`, (app) => void this.known.delete(app)),
      // An app's id may come to stand for another one.
      bus.subscribe(APPS_CHANGED, () => this.known.clear()),
    ];
  }

  /** At once when it is known. */
  matcher(app: string): Known | Promise<Known> {
    const known = this.known.get(app);
    if (known !== undefined) return known;
    const making = this.make(app);
    this.known.set(app, making);
    making.then(
      // Not when the words changed while they were read.
      (made) => void (this.known.get(app) === making && this.known.set(app, made)),
      () => void (this.known.get(app) === making && this.known.delete(app)),
    );
    return making;
  }

  changed(app: string): void {
    this.known.delete(app);
    this.bus.publish(`${WORDS_CHANGED}.${app}`, app);
  }

  /** What others changed may not have been heard. */
  forget(): void {
    this.known.clear();
  }

  close(): void {
    for (const unsubscribe of this.unsubscribes) unsubscribe();
  }

  private async make(app: string): Promise<Known> {
    const rows = await this.words.all(app);
    return rows.length === 0 ? null : createMatcher(rows);
  }
}

/** Words of the app's filter: blocked ones refuse the message, masked ones leave stars. What the app's back end sends is its own affair. */
export const wordGuard: SendGuard = (attempt, { words }) => {
  if (attempt.ctx.caller !== 'user') return;
  const matcher = words.matcher(attempt.ctx.app.id);
  if (matcher === null) return;
  if (matcher instanceof Promise) return matcher.then((made) => filter(attempt, made));
  filter(attempt, matcher);
};

function filter(attempt: SendAttempt, matcher: Known): void {
  if (!matcher) return;
  attempt.content = mapTexts(attempt.content, (text, field) => {
    const { block, masked } = matcher.find(text);
    if (block !== undefined) throw new MagpieError('WORDS_REFUSED', { field: `content.${field}` });
    return masked;
  });
}
