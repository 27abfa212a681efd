import type { Presence } from '@magpie/protocol';
import type { TimerRow } from '../ports/rows.ts';
import type { WriteOp } from '../ports/writes.ts';
import type { Elsewhere } from '../session/elsewhere.ts';
import type { Session, SessionRegistry } from '../session/registry.ts';
import type { TimerOutcome, Timers } from '../timer/timers.ts';
import { Announcer, type AnnouncerDeps } from './announcer.ts';
import { Abroad } from './abroad.ts';
import { Here } from './here.ts';
import { Keeper } from './keeper.ts';
import { readPresences, unseen } from './look.ts';

interface Deps extends AnnouncerDeps {
  readonly sessions: Pick<SessionRegistry, 'anywhere' | 'listen'>;
  /** The devices of other nodes. */
  readonly elsewhere?: Elsewhere;
  readonly timers: Pick<Timers, 'register' | 'putOp' | 'removeOp' | 'noted'>;
}

const KIND = 'presence.custom';

/** Whether users are there, and their own words. Derived from sessions; only how a user went and the words are written. */
export class Presences {
  private readonly deps: Deps;
  private readonly here: Here;
  private readonly announcer: Announcer;
  private readonly keeper: Keeper;

  constructor(deps: Deps) {
    this.deps = deps;
    this.here = new Here(deps, {
      changing: (entry, by) => this.announcer.changing(entry, by),
      left: (entry) => this.keeper.left(entry, this.here),
      gone: (session, as, last) => deps.elsewhere?.tellGone(session, as, last ? 'all' : 'device'),
      away: (session, away) => deps.elsewhere?.tellAway(session, away),
    });
    this.announcer = new Announcer(deps, this.here);
    this.keeper = new Keeper(deps);
    deps.sessions.listen(this.here);
    deps.elsewhere?.listen(new Abroad(this.here));
    if (deps.elsewhere) deps.elsewhere.deviceOf = (session) => this.here.deviceOf(session);
    deps.timers.register(KIND, (timer) => this.wordsOver(timer));
  }

  /** As `viewer` may see them; without one, as they are. */
  async of(app: string, users: readonly string[], viewer?: string): Promise<Map<string, Presence>> {
    const [presences, blocks] = await Promise.all([
      readPresences(this.deps, app, users, (user) => this.here.standing(app, user)),
      viewer === undefined ? [] : this.deps.store.users.blocksAmong(app, users, [viewer]),
    ]);
    for (const { by } of blocks) presences.set(by, unseen(by));
    return presences;
  }

  /** Empty words clear. `seconds`: how long they hold. */
  async setWords(
    app: string,
    user: string,
    words: string,
    seconds: number | undefined,
    by: Session | undefined,
  ): Promise<void> {
    const { store, clock, timers } = this.deps;
    const at = clock.now();
    const until = words === '' || seconds === undefined ? null : at + seconds * 1000;
    const id = `${KIND} ${app} ${user}`;
    await store.commit([
      wordsOp(app, user, words === '' ? null : words, at, until),
      until === null
        ? timers.removeOp(id)
        : timers.putOp({ id, app, kind: KIND, dueAt: until, payload: user }),
    ]);
    if (until !== null) timers.noted(until);
    this.announcer.wordsChanged(app, user, by);
  }

  /** That a device is away or back. */
  say(session: Session, state: 'online' | 'away'): void {
    this.here.say(session, state === 'away');
  }

  /** The store must still be open. */
  async close(): Promise<void> {
    this.here.close();
    await this.announcer.close();
    await this.keeper.close(this.here);
  }

  private async wordsOver({ app, payload: user }: TimerRow): Promise<TimerOutcome> {
    return {
      ops: [wordsOp(app, user, null, 0, null)],
      after: () => this.announcer.wordsChanged(app, user, undefined),
    };
  }
}

function wordsOp(app: string, user: string, custom: string | null, at: number, customUntil: number | null): WriteOp {
  return { op: 'presence.put', app, user, set: { custom, customAt: custom === null ? null : at, customUntil } };
} // prettier-ignore
