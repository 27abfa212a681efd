import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, startServer } from '@magpie/server';
import Libsql from 'libsql';
import { markedBody } from '/work/main/bench/src/clients/marks.ts';
import { createApp } from '/work/main/bench/src/peers/admin.ts';
import { ADMIN_TOKEN } from '/work/main/bench/src/peers/door.ts';
import { openClient, type SocketlessClient } from '/work/main/bench/src/goals/socketless.ts';

/**
 * A process of its own: the server without sockets, beside plain code over the same rows. Sends its parent CPU times in µs a page:
 * plain, ours, plain, ours, … , plain. Arguments: conversations, messages in each, pages, runs.
 */
const [conversations = 0, length = 0, pages = 0, runs = 0] = process.argv.slice(2).map(Number);
const PAGE = 20;

/** A page of a conversation that ends at a seq, as JSON text. */
type ReadPage = (place: number, seq: number) => Promise<string> | string;

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'magpie-bench-history-'));
  const env = { PORT: '0', MAGPIE_DATA: folder, MAGPIE_DEMO: '0', MAGPIE_LOG: 'error', MAGPIE_ADMIN_TOKEN: ADMIN_TOKEN }; // prettier-ignore
  const server = await startServer(readConfig(env));
  try {
    await createApp(server.url);
    for (let i = 0; i < conversations; i++) await openClient(server.composition.domain, `b${i}`);
    const client = await openClient(server.composition.domain, 'a');
    for (let i = 0; i < conversations; i++) await fill(client, `u:b${i}`);
    const ours: ReadPage = (place, seq) =>
      client.ask('message.list', `{"ref":"u:b${place}","seq":${seq},"direction":"older","limit":${PAGE}}`);
    const plain = plainReader(join(folder, 'magpie.db'));
    compare(await plain(0, length), await ours(0, length));
    console.log(await times(ours, plain));
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function fill(client: SocketlessClient, ref: string): Promise<void> {
  for (let i = 0; i < length; i++) {
    const content = `{"type":"text","text":"${markedBody('a', i)}"}`;
    const sent = client.ask(
      'message.send',
      `{"ref":"${ref}","clientId":"c-${ref}-${i}","content":${content}}`,
    );
    if (i % 100 === 99 || i === length - 1) await sent;
  }
}

/** What anybody would write: a prepared statement, the bodies parsed, the page stringified. */
function plainReader(path: string): ReadPage {
  const db = new Libsql(path);
  const statement = db
    .prepare('select conv, seq, sender, time, client_id, body from messages where conv = ? and seq <= ? order by seq desc limit ?')
    .raw(); // prettier-ignore
  const found = db.prepare("select num, key from conversations where kind = 'direct'").raw().all() as [number, string][]; // prettier-ignore
  const numbers = new Map(found.map(([num, key]) => [key, num]));
  const byPlace = Array.from({ length: conversations }, (_, i) => numbers.get(`d:a b${i}`));
  return (place, seq) => {
    const rows = statement.all(byPlace[place], seq, PAGE) as [
      number,
      number,
      string,
      number,
      string,
      string,
    ][];
    const entries = rows.map(([conv, at, from, time, clientId, body]) => ({
      id: `${conv}${at}`,
      conv,
      seq: at,
      from,
      time,
      clientId,
      ...(JSON.parse(body) as object),
    }));
    return JSON.stringify({ entries: entries.reverse() });
  };
}

/** Both must have read the same, or the figures mean nothing. */
function compare(plain: string, ours: string): void {
  const bodies = (text: string) => text.match(/~T[^~]*~/g) ?? [];
  if (bodies(plain).length !== PAGE || bodies(plain).join('') !== bodies(ours).join(''))
    throw new Error(`the pages differ:\n${plain.slice(0, 500)}\n${ours.slice(0, 500)}`);
}

async function times(ours: ReadPage, plain: ReadPage): Promise<number[]> {
  await timed(plain);
  await timed(ours);
  const all = [await timed(plain)];
  for (let i = 0; i < runs; i++) all.push(await timed(ours), await timed(plain));
  return all;
}

/** CPU of this process, in µs a page. */
async function timed(read: ReadPage): Promise<number> {
  const before = process.cpuUsage();
  for (let i = 0; i < pages; i++) {
    const page = read(i % conversations, PAGE + ((i * 7919) % (length - PAGE)));
    if (typeof page !== 'string') await page;
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / pages;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
