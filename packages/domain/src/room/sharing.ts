import type { Deps } from '../deps.ts';
import { takeBack } from './back.ts';
import { answerAsked, catchUp } from './hearsay.ts';
import { hearOthers } from './posting.ts';
import { refreshWhenMissed } from './refresh.ts';

type Sharing = Pick<
  Deps,
  'rooms' | 'mesh' | 'elsewhere' | 'sessions' | 'apps' | 'clock' | 'store' | 'report'
>;

/** What makes one room of what several nodes have of it. */
export function shareRooms(deps: Sharing): void {
  hearOthers(deps);
  answerAsked(deps);
  catchUp(deps);
  takeBack(deps);
  refreshWhenMissed(deps);
}
