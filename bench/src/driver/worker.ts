import { markedBody, now } from '../clients/marks.ts';
import { signIn, type User } from '../clients/user.ts';
import type { ConnectInput, ConnectResult, DriverCalls, DriverNews, LoadInput } from './calls.ts';
import { comeBack } from './come-back.ts';
import { closedLoad, groupLoad, openLoad, roomLoad, watchLoad, type Stop } from './loads.ts';
import { Meter } from './meter.ts';

/** A driver process: users over sockets, told what to do by the process that measures. Started by `pool.ts`. */
type Answer<N extends keyof DriverCalls> = ReturnType<DriverCalls[N]>;
type Calls = {
  [N in keyof DriverCalls]: (input: Parameters<DriverCalls[N]>[0]) => Answer<N> | Promise<Answer<N>>;
};

const meter = new Meter();
const LANES = 50;
let users: User[] = [];
let stop: Stop = () => undefined;

const calls: Calls = {
  connect,
  load: (input) => {
    stop();
    meter.reset();
    stop = start(input);
    return null;
  },
  begin: () => {
    meter.begin();
    return null;
  },
  end: () => meter.end(),
  rest: () => {
    stop();
    return null;
  },
  cut: () => {
    stop();
    for (const user of users) {
      user.onClose = undefined;
      user.cut();
    }
    return null;
  },
  everyone: async ({ operation, input }) => {
    const began = performance.now();
    const queue = users.values();
    const lane = async (): Promise<void> => {
      for (const user of queue) await user.request(operation, input);
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return { seconds: (performance.now() - began) / 1000 };
  },
  sendToGroup: ({ slot }) => {
    const [sender] = users;
    sender?.sendGroup(markedBody(sender.id, slot));
    return null;
  },
  comeBack: async (input) => {
    const back = await comeBack(users, input);
    users = back.users;
    for (const user of users) watchClose(user);
    return back.result;
  },
};

async function connect({ address, users: ids, atOnce, from }: ConnectInput): Promise<ConnectResult> {
  const began = performance.now();
  const queue = ids.entries();
  const found: User[] = [];
  const nodes = address.nodes ?? [address.url];
  const lane = async (): Promise<void> => {
    for (const [place, id] of queue) {
      const user = await signIn({ ...address, url: nodes[place % nodes.length] ?? address.url }, id, from);
      watchClose(user);
      found.push(user);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  // In the order asked for: pairs and clusters go by place.
  const places = new Map(ids.map((id, place) => [id, place]));
  users = found.sort((a, b) => (places.get(a.id) ?? 0) - (places.get(b.id) ?? 0));
  return { seconds: (performance.now() - began) / 1000 };
}

function watchClose(user: User): void {
  user.onClose = (why) =>
    tell({ kind: 'broken', message: `the connection of ${user.id} was closed: ${why}` });
}

function start(input: LoadInput): Stop {
  switch (input.kind) {
    case 'closed':
      return closedLoad(users, input, meter);
    case 'open':
      return openLoad(users, input, meter);
    case 'group':
      return groupLoad(users, input, meter);
    case 'room':
      return roomLoad(users, input, meter);
    case 'watch':
      return watchLoad(users, input, meter, (slot) => tell({ kind: 'everybody', slot, at: now() }));
  }
}

/** A client pings every 25 s at least: each second a twentieth of them. */
let turn = 0;
setInterval(() => {
  turn = (turn + 1) % 20;
  for (let i = turn; i < users.length; i += 20) users[i]?.ping();
}, 1_000);

function tell(news: DriverNews): void {
  process.send?.({ news });
}

interface Request {
  readonly id: number;
  readonly name: keyof DriverCalls;
  readonly input: never;
}

process.on('message', ({ id, name, input }: Request) => {
  void Promise.resolve()
    .then(() => (calls[name] as (input: never) => unknown)(input))
    .then(
      (answer) => process.send?.({ id, answer }),
      (error: unknown) => process.send?.({ id, error: String(error) }),
    );
});
process.on('uncaughtException', (error) => tell({ kind: 'broken', message: error.stack ?? String(error) }));
process.on('disconnect', () => process.exit());
