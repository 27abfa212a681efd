import { now } from '../clients/marks.ts';
import { openSession, overSocket, request } from '../clients/magpie.ts';
import { connectRaw } from '../clients/raw.ts';
import type { User } from '../clients/user.ts';
import { Histogram } from '../measure/histogram.ts';
import type { ComeBackInput, ComeBackResult } from './calls.ts';

/** The client's own back-off: anywhere between nothing and a bound that doubles. */
const BASE = 400;
const CAP = 30_000;

interface Greeting {
  readonly r: readonly {
    readonly ok: { readonly session: string; readonly userSeq: number; readonly serverTime: number };
  }[];
}

interface SyncReply {
  readonly r: readonly { readonly ok: { readonly next?: string } }[];
}

/** Every user signs in again as the client does, resuming the session, and asks what it missed until there is no more. */
export async function comeBack(
  users: readonly User[],
  { address, from, missed, cutAt }: ComeBackInput,
): Promise<{ readonly users: User[]; readonly result: ComeBackResult }> {
  const times = new Histogram();
  let last = 0;
  let refused = 0;

  async function one(user: User): Promise<User> {
    for (let attempt = 0; ; attempt++) {
      await pause(Math.random() * Math.min(CAP, BASE * 2 ** attempt));
      try {
        const back = await again(user, new URL('/ws', address.url), from, missed);
        const took = now() - cutAt;
        times.add(took);
        last = Math.max(last, took);
        return back;
      } catch (error) {
        if (error instanceof NotThere) throw error;
        refused++;
      }
    }
  }

  const back = await Promise.all(users.map(one));
  return { users: back, result: { times: times.toJSON(), last, refused } };
}

/** The server answered everything, and what was sent meanwhile was not among it. */
class NotThere extends Error {
  override readonly name = 'NotThere';
}

async function again(user: User, url: URL, from: string | undefined, missed: string): Promise<User> {
  const { session, userSeq, serverTime } = (JSON.parse(user.greeting) as Greeting).r[0]!.ok;
  const raw = await connectRaw(url, from);
  try {
    const greeting = await openSession(raw, user.id, session);
    const position = { userSeq, at: serverTime };
    let found = false;
    let cursor: string | undefined;
    do {
      const text = await request(raw, 1, 'sync.since', {
        position,
        ...(cursor === undefined ? {} : { cursor }),
      });
      found ||= text.includes(missed);
      cursor = (JSON.parse(text) as SyncReply).r[0]!.ok.next;
    } while (cursor !== undefined);
    if (!found) throw new NotThere(`${user.id} came back and was not told of ${missed}`);
    return overSocket(raw, user.id, greeting);
  } catch (error) {
    raw.cut();
    throw error;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
