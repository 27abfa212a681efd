import { MasterKeyError } from '@magpie/credentials';
import { ConfigError, readConfig } from './config.ts';
import { createLog } from './log.ts';
import { startServer, type RunningServer } from './server.ts';

/** Beyond the time for draining: for the last commit and the webhooks under way. */
const CLOSING = 15_000;

/** The process: configuration from the environment, a few lines for the person who typed the command, signals. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog(config);
  // Node ends the process all the same, as it must; but the log should hold why.
  process.on('uncaughtExceptionMonitor', (error) => log.fatal({ err: error }, 'uncaught'));
  const server = await startServer(config, log);
  announce(server, config.dataFolder);
  let stopping = false;
  // A server whose writer died must not linger: whoever watches over it starts it again.
  setInterval(() => {
    const health = server.composition.store.health();
    if (!stopping && !health.ok && health.fatal) fail(new Error(`the store's writer died: ${health.reason}`));
  }, 1_000).unref();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      process.stdout.write('\nStopping… (once more to end at once)\n');
      setTimeout(() => fail(new Error('it did not stop in time')), config.drain + CLOSING).unref();
      server.close().then(() => process.exit(0), fail);
    });
  }
}

function announce({ url, demo, chat, metricsUrl }: RunningServer, dataFolder: string): void {
  const lines = [`Magpie is running at ${url}`, `  data     ${dataFolder}`];
  if (chat) lines.push(`  chat     ${url}/`);
  else lines.push('  chat     not built (npm run build -- chat)');
  if (demo) lines.push('  demo     open the chat page in two windows and pick two users:', ...['alice', 'bob'].map((user) => `           ${url}/?user=${user}`)); // prettier-ignore
  if (metricsUrl !== undefined) lines.push(`  metrics  ${metricsUrl}`);
  process.stdout.write(`${lines.join('\n')}\n`);
}

function fail(error: unknown): void {
  const known =
    error instanceof ConfigError ||
    error instanceof MasterKeyError ||
    (error instanceof Error && isExpected(error));
  process.stderr.write(`${known && error instanceof Error ? `Magpie cannot go on: ${error.message}` : `Magpie cannot go on: ${error instanceof Error ? error.stack : String(error)}`}\n`); // prettier-ignore
  process.exit(1);
}

function isExpected(error: Error): boolean {
  return (
    error.name === 'FolderLockedError' ||
    ('code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES'))
  );
}

main().catch(fail);
