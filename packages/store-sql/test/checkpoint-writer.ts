import { setImmediate } from 'node:timers/promises';
import type { WriteOp } from '@magpie/domain';
import { Checkpointer } from '../src/sqlite/checkpointer.ts';
import { startHelper } from '../src/sqlite/checkpointer-client.ts';
import { openSqliteWriter } from '../src/sqlite/writer.ts';

/** Writes without a pause until it is killed, and says what was committed and how often the helper has moved the log. */
const [path = '', run = ''] = process.argv.slice(2);
const CONVERSATIONS = 20;
const writer = await openSqliteWriter(path, 1);
let passes = 0;
const checkpointer = new Checkpointer(writer, {
  path,
  report: (text) => process.stderr.write(`${text}\n`),
  limits: { every: 1, busy: 1, complete: 300, helped: 3000 },
  start: (data, events) =>
    startHelper(data, {
      ...events,
      moved: (log) => {
        passes++;
        events.moved(log);
      },
    }),
});
const convs = Array.from({ length: CONVERSATIONS }, (_, i) => i + 1);
await writer.write(
  convs.map((conv): WriteOp[] => [{ op: 'conversation.create', conv, app: 'a', key: `g:${conv}`, kind: 'group', at: 1 }]), // prettier-ignore
);
for (let batch = 0; ; batch++) {
  const outcomes = await writer.write(
    convs.map((conv): WriteOp[] => [{ op: 'append', app: 'a', conv, sender: 'alice', clientId: `${run}-${batch}`, fp: 1, type: 'text', cls: 'content', counts: true, notLast: false, receipt: false, audience: null, body: JSON.stringify({ text: 'x'.repeat(400) }), at: 1 }]), // prettier-ignore
  );
  const failed = outcomes.find((outcome) => !('results' in outcome));
  if (failed) throw new Error(JSON.stringify(failed));
  process.stdout.write(`${batch} ${passes}\n`);
  checkpointer.wrote(outcomes.length);
  await setImmediate();
}
