import type { AppContext } from '../core/context.ts';
import type { Deps } from '../deps.ts';

/** A run of upkeep ends well within a timer's lease. */
export const SPELL = 10_000;

/** Pauses after a unit, by pressure: upkeep never hurries. */
const PAUSES = [20, 250, 2_000, 5_000] as const;

/** Lets others go first; the longer, the more the process has to carry. */
export function pause({ scheduler, pressure }: Pick<Deps, 'scheduler' | 'pressure'>): Promise<void> {
  return new Promise((resolve) => void scheduler.after(PAUSES[pressure.level], resolve));
}

/** A spell ends in time, and when the server does. */
export function isOver({ clock, timers }: Pick<Deps, 'clock' | 'timers'>, until: number): boolean {
  return timers.closing || clock.now() >= until;
}

/** An app for a timer's run. Before what this node knows of it ends a timer, it looks: another node may have changed it just now. */
export async function appFor(
  { apps }: Pick<Deps, 'apps'>,
  id: string,
  fits: (app: AppContext) => boolean = () => true,
): Promise<AppContext | undefined> {
  const known = apps.get(id);
  if (known && fits(known)) return known;
  await apps.reload();
  return apps.get(id);
}
