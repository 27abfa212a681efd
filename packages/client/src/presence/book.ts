import type { EventPayload, Output, Presence } from '@magpie/protocol';
import { chunksOf } from '../core/chunks.ts';
import type { Turn } from '../core/turn.ts';
import type { Clock } from '../platform/platform.ts';
import { orThrow } from '../requests/or-throw.ts';
import { persist } from '../requests/persist.ts';
import type { Ask } from '../rooms/resume.ts';
import type { Watched } from './types.ts';

export interface PresenceBookNeeds {
  readonly clock: Clock;
  readonly turn: Turn;
  readonly me: () => string;
  /** Server clock, ms. */
  readonly now: () => number;
  readonly ask: Ask;
  readonly tell: (presences: readonly Presence[]) => void;
}

/** Users of one `presence.get`. */
const AT_ONCE = 500;

/** The presence of those whom this user follows, and the user's own, kept from events and asked again after a lost connection. */
export class PresenceBook {
  readonly #needs: PresenceBookNeeds;
  readonly #watched = new Map<string, Watched>();
  /** Whom this device follows no more: events may be on their way still. */
  readonly #done = new Set<string>();
  #mine: Presence | undefined;
  /** What this device said of itself: a server that forgot it is told again. */
  #away = false;
  /** Changed and not told yet. */
  readonly #news = new Map<string, Presence>();
  #run = 0;
  #lost = false;

  constructor(needs: PresenceBookNeeds) {
    this.#needs = needs;
  }

  peek(userId: string): Presence | undefined {
    return userId === this.#needs.me() ? this.#mine : this.#live(userId)?.presence;
  }

  watched(): readonly Watched[] {
    return [...this.#watched.keys()].flatMap((userId) => this.#live(userId) ?? []);
  }

  /** `presence.changed`: it tells of followed users alone, also of those another device followed. */
  changed({ presences }: EventPayload<'presence.changed'>): void {
    for (const presence of presences) {
      const { userId } = presence;
      const known = this.peek(userId);
      if (this.#done.has(userId)) continue;
      this.#put(presence);
      if (!known || !same(known, presence)) this.#tell(presence);
    }
  }

  /** What a call answered: news if it differs from what was known. */
  learned(presence: Presence): void {
    const known = this.peek(presence.userId);
    if (presence.userId !== this.#needs.me() && !known) return;
    this.#put(presence);
    if (known && !same(known, presence)) this.#tell(presence);
  }

  set(presence: Presence, state: 'online' | 'away' | undefined): void {
    if (state) this.#away = state === 'away';
    this.learned(presence);
  }

  subscribed({ presences, evicted }: Output<'presence.subscribe'>, seconds: number | undefined): void {
    for (const userId of evicted) this.#end(userId);
    const expiresAt = seconds === undefined ? undefined : this.#needs.now() + seconds * 1_000;
    for (const presence of presences) this.follow(presence, expiresAt);
  }

  follow(presence: Presence, expiresAt: number | undefined): void {
    const { userId } = presence;
    const known = this.peek(userId);
    this.#done.delete(userId);
    this.#watched.set(userId, { userId, presence, ...(expiresAt === undefined ? {} : { expiresAt }) });
    if (known && !same(known, presence)) this.#tell(presence);
  }

  unsubscribed(users: readonly string[] | undefined): void {
    for (const userId of users ?? [...this.#watched.keys()]) this.#end(userId);
  }

  offline(): void {
    this.#run++;
    this.#lost = true;
  }

  /** The session is open again: what changed meanwhile nobody told. */
  online(): void {
    if (!this.#lost) return;
    this.#lost = false;
    const run = ++this.#run;
    void this.#refresh(() => run === this.#run);
  }

  reset(): void {
    this.#run++;
    this.#lost = this.#away = false;
    this.#mine = undefined;
    this.#watched.clear();
    this.#done.clear();
    this.#news.clear();
  }

  async #refresh(valid: () => boolean): Promise<void> {
    const { clock, ask, me } = this.#needs;
    if (this.#away) {
      await persist(clock, valid, () =>
        ask(
          'presence.set',
          { state: 'away' },
          orThrow(({ presence }) => this.learned(presence)),
        ),
      );
    }
    const users = [...this.watched().map(({ userId }) => userId), ...(this.#mine ? [me()] : [])];
    for (const chunk of chunksOf(users, AT_ONCE)) {
      await persist(
        clock,
        valid,
        () =>
        ask('presence.get', { users: [...chunk] }, orThrow(({ presences }) => {
          for (const presence of presences) this.learned(presence);
        })), // prettier-ignore
      );
    }
  }

  #live(userId: string): Watched | undefined {
    const watched = this.#watched.get(userId);
    if (watched?.expiresAt === undefined || watched.expiresAt > this.#needs.now()) return watched;
    this.#end(userId);
    return undefined;
  }

  #end(userId: string): void {
    this.#watched.delete(userId);
    this.#done.add(userId);
  }

  #put(presence: Presence): void {
    const { userId } = presence;
    if (userId === this.#needs.me()) this.#mine = presence;
    else this.#watched.set(userId, { ...this.#live(userId), userId, presence });
  }

  /** All that changed in a turn is told at once. */
  #tell(presence: Presence): void {
    if (this.#news.size === 0) {
      this.#needs.turn.after(() => {
        const news = [...this.#news.values()];
        this.#news.clear();
        if (news.length > 0) this.#needs.tell(news);
      });
    }
    this.#news.set(presence.userId, presence);
  }
}

function same(a: Presence, b: Presence): boolean {
  return (
    a.state === b.state &&
    a.at === b.at &&
    a.custom === b.custom &&
    a.customAt === b.customAt &&
    a.customUntil === b.customUntil &&
    devicesOf(a) === devicesOf(b)
  );
}

function devicesOf({ devices }: Presence): string {
  return devices
    .map(({ platform, instance, state }) => `${platform} ${instance} ${state}`)
    .sort()
    .join();
}
