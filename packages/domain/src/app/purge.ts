import type { Deps } from '../deps.ts';
import type { WriteOp } from '../ports/writes.ts';
import { isOver, pause, SPELL } from '../retention/pace.ts';

const KIND = 'app.purge';
const ROWS = 1_000;
const SOON = 500;

/** Belongs to no app: the deleted one's timers go. */
export function appPurgeTimer(deps: Pick<Deps, 'timers' | 'clock'>, id: string): WriteOp {
  return deps.timers.putOp({
    id: `${KIND} ${id}`,
    app: '',
    kind: KIND,
    dueAt: deps.clock.now(),
    payload: id,
  });
}

/** Removes what a deleted app leaves, in short spells. Its own row goes last: until then the id cannot be taken, so nothing new is hit. */
export function serveAppPurge(deps: Deps): void {
  const { store, clock, timers, files } = deps;
  timers.register(KIND, async ({ id, payload: app }) => {
    const until = clock.now() + SPELL;
    for (;;) {
      const [{ more }] = await store.commit([{ op: 'app.purge', id: app, max: ROWS, last: false }]);
      if (!more) break;
      if (isOver(deps, until)) {
        const dueAt = clock.now() + SOON;
        return { ops: [timers.putOp({ id, app: '', kind: KIND, dueAt, payload: app })], after: () => timers.noted(dueAt) }; // prettier-ignore
      }
      await pause(deps);
    }
    await files.removeApp(app);
    return { ops: [{ op: 'app.purge', id: app, max: ROWS, last: true }] };
  });
}
