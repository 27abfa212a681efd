import { fileURLToPath } from 'node:url';
import { figure } from './report.ts';

/**
 * What a cluster needs for so many users: formulas over measured costs (bench/RESULTS.md names commit and machine). CPU in µs of one core
 * as measured, sizes in bytes. `npm run bench:capacity` prints the tables of docs/scale.md.
 */
export interface Costs {
  /** A stored direct message with PostgreSQL: servers, and database. */
  readonly message: number;
  readonly messageDatabase: number;
  /** Besides, when who writes and who reads are on different nodes: servers and NATS. */
  readonly crossing: number;
  /** One delivery of a group's message to a connection. */
  readonly delivery: number;
  readonly signIn: number;
  readonly historyPage: number;
  readonly historyPageDatabase: number;
  /** Memory of a connection on its own node, and of what every other node knows of its session. */
  readonly connection: number;
  readonly mirror: number;
  /** Disk of a stored message with its indexes. */
  readonly stored: number;
}

export interface Habits {
  /** Share of the users who are connected at the busiest moment. */
  readonly online: number;
  /** Share of the users who write on a day, and how much. */
  readonly active: number;
  readonly messages: number;
  /** The busiest hour beside the mean one. */
  readonly peak: number;
  /** Share of messages that go to groups, and members online there. */
  readonly groups: number;
  readonly members: number;
  /** Connects per connected user in the busiest hour: phones come and go. */
  readonly connects: number;
  /** History pages per active user and day. */
  readonly pages: number;
}

/** What one machine is asked to carry. */
export interface Machine {
  readonly cores: number;
  /** Busy share at the peak: the rest is for bursts and for the loss of a node. */
  readonly load: number;
  readonly connections: number;
}

export const COSTS: Costs = { message: 69, messageDatabase: 17, crossing: 5, delivery: 12, signIn: 435, historyPage: 108, historyPageDatabase: 80, connection: 8_800, mirror: 300, stored: 500 }; // prettier-ignore
export const HABITS: Habits = { online: 0.1, active: 0.3, messages: 40, peak: 3, groups: 0.3, members: 50, connects: 2, pages: 60 }; // prettier-ignore
/** A node is one process: one core for its event loop, the rest for the kernel, garbage and TLS in front. */
export const MACHINE: Machine = { cores: 1.5, load: 0.5, connections: 50_000 };

export interface Needs {
  readonly messagesPerSecond: number;
  readonly deliveriesPerSecond: number;
  readonly online: number;
  readonly nodes: number;
  /** What decides the number of nodes. */
  readonly by: 'CPU' | 'connections' | 'safety';
  readonly serverCores: number;
  readonly databaseCores: number;
  /** Of one node. */
  readonly nodeMemory: number;
  readonly diskPerYear: number;
}

export function needs(users: number, costs = COSTS, habits = HABITS, machine = MACHINE): Needs {
  const day = 86_400;
  const messagesPerSecond = ((users * habits.active * habits.messages) / day) * habits.peak;
  const toGroups = messagesPerSecond * habits.groups;
  const deliveriesPerSecond = messagesPerSecond - toGroups + toGroups * habits.members;
  const online = users * habits.online;
  const connects = (online * habits.connects) / 3600;
  const pages = ((users * habits.active * habits.pages) / day) * habits.peak;
  const micros = (nodes: number): number => {
    // Of two people on n nodes, n - 1 of n pairs are on different ones; a group is told to each node once.
    const crossing = ((messagesPerSecond - toGroups) * (nodes - 1)) / nodes + toGroups * Math.min(nodes - 1, habits.members); // prettier-ignore
    return messagesPerSecond * costs.message + crossing * costs.crossing + deliveriesPerSecond * costs.delivery + connects * costs.signIn + pages * costs.historyPage; // prettier-ignore
  };
  const byConnections = Math.ceil(online / machine.connections);
  let nodes = Math.max(1, byConnections);
  const fits = (n: number): boolean => micros(n) / 1e6 <= n * machine.cores * machine.load;
  while (!fits(nodes) && nodes < 100_000) nodes = Math.ceil(nodes * 1.05 + 0.5);
  // Above a handful of people two are the least: one may fail.
  const safe = users >= 10_000 ? 2 : 1;
  const by = nodes > byConnections ? 'CPU' : nodes > safe ? 'connections' : 'safety';
  nodes = Math.max(nodes, safe);
  return {
    messagesPerSecond,
    deliveriesPerSecond,
    online,
    nodes,
    by,
    serverCores: micros(nodes) / 1e6,
    databaseCores: (messagesPerSecond * costs.messageDatabase + pages * costs.historyPageDatabase) / 1e6,
    nodeMemory: 150e6 + (online / nodes) * costs.connection + online * (1 - 1 / nodes) * costs.mirror,
    diskPerYear: users * habits.active * habits.messages * 365 * costs.stored,
  };
}

const SIZES = [10_000, 100_000, 1_000_000, 10_000_000] as const;

/** The tables of docs/scale.md. */
export function capacityTables(): string {
  const lines = [
    '| users | online | messages/s | deliveries/s | nodes | decided by | cores, servers | cores, PostgreSQL | memory of a node | disk a year |',
    '|---|---|---|---|---|---|---|---|---|---|',
    ...SIZES.map((users) => {
      const n = needs(users);
      return `| ${many(users)} | ${many(n.online)} | ${many(n.messagesPerSecond)} | ${many(n.deliveriesPerSecond)} | ${n.nodes} | ${n.by} | ${figure(n.serverCores)} | ${figure(n.databaseCores)} | ${many(n.nodeMemory)}B | ${many(n.diskPerYear)}B |`;
    }),
    '',
    '| twice as much of | cores of the servers, at 1 M users | of PostgreSQL |',
    '|---|---|---|',
  ];
  const base = needs(1_000_000);
  const grown = (n: Needs) => `${(n.serverCores / base.serverCores).toFixed(2)}× | ${(n.databaseCores / base.databaseCores).toFixed(2)}×`; // prettier-ignore
  for (const key of Object.keys(HABITS) as (keyof Habits)[])
    lines.push(
      `| habit: ${key} | ${grown(needs(1_000_000, COSTS, { ...HABITS, [key]: HABITS[key] * 2 }))} |`,
    );
  for (const key of Object.keys(COSTS) as (keyof Costs)[])
    lines.push(`| cost: ${key} | ${grown(needs(1_000_000, { ...COSTS, [key]: COSTS[key] * 2 }))} |`);
  return lines.join('\n');
}

function many(value: number): string {
  const units = ['', ' k', ' M', ' G', ' T', ' P'];
  let at = 0;
  let rest = value;
  while (rest >= 1000 && at < units.length - 1) {
    rest /= 1000;
    at++;
  }
  return `${figure(rest)}${units[at]}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(`${capacityTables()}\n`);
