// The app without its page: the same core in the same store, for two users. The SDK has one instance per app id and
// page, so each user is a process.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createPinia, setActivePinia } from 'pinia';
import { watch } from 'vue';
import { fetchLogin } from './src/back-end.ts';
import { useIm } from './src/store.ts';

const server = process.env['MAGPIE_SERVER'] ?? 'http://127.0.0.1:8800';

/** What a browser has and Node has not. */
function beABrowser(): void {
  const kept = new Map<string, string>();
  const localStorage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  Object.assign(globalThis, { localStorage, MAGPIE_SERVER: server });
}

/** Resolves as soon as the store says so: what a page would draw. */
function until(condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = watch(condition, (met) => met && queueMicrotask(() => (stop(), resolve())), {
      immediate: true,
      flush: 'sync',
    });
  });
}

async function chat(me: string, peer: string): Promise<void> {
  const say = (line: string): boolean => process.stdout.write(`[${me}] ${line}\n`);
  beABrowser();
  setActivePinia(createPinia());
  const { core } = useIm();

  say(`restored ${await core.restore()}`);
  await core.login(await fetchLogin(me, server));
  await until(() => core.ready);
  say('ready');

  await core.open(`C2C${peer}`);
  await core.sendText(`Hello, I am ${me}!`);
  const own = core.messages.find(({ payload }) => payload.text === `Hello, I am ${me}!`);
  await until(() => own?.status === 'success');
  say((own?.sequence ?? 0) > 0 ? 'sent with a place' : 'sent without a place');
  await until(() =>
    core.messages.some(({ from, payload }) => from === peer && payload.text === `Hello, I am ${peer}!`),
  );
  say(`received Hello, I am ${peer}!`);
  await until(() => core.messages.some(({ ID, isPeerRead }) => ID === own?.ID && isPeerRead));
  say('read by the other');
  await until(() =>
    core.conversations.some(
      ({ conversationID, unreadCount }) => conversationID === `C2C${peer}` && unreadCount === 0,
    ),
  );
  say(`list ${core.conversations.map(({ userProfile }) => userProfile.nick).join(', ')}`);

  // Opened again, the history has both.
  await core.open(`C2C${peer}`);
  say(`history ${core.messages.map(({ payload }) => payload.text).sort().join(' ')}`); // prettier-ignore

  // As after a reload: the saved login is used, and the SDK says that it was in force.
  say(`restored ${await core.restore()} ${core.notice}`);

  await core.logout();
  say(
    `logged out, ${core.conversations.length} conversations, saved login ${localStorage.getItem('tim-login')}`,
  );
}

async function both(): Promise<void> {
  const main = fileURLToPath(import.meta.url);
  const codes = ['alice', 'bob'].map((me) => {
    const child = spawn(process.execPath, [...process.execArgv, main, me], { stdio: 'inherit' });
    return new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? 1)));
  });
  process.exitCode = Math.max(...(await Promise.all(codes)));
}

const [me] = process.argv.slice(2);
if (me === undefined) await both();
else {
  await chat(me, me === 'alice' ? 'bob' : 'alice');
  // Nothing is left to do; the SDK's idle timers are no reason to stay.
  process.exit(0);
}
