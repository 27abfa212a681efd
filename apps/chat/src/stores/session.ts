import { createClient, type Client } from '@magpie/client';
import { errorCode } from '@magpie/ui';
import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import { demoToken } from './demo.ts';
import { keepLogin, keptLogin, type KeptLogin } from './kept-login.ts';

/** idle: nobody. opening: the server is asked. open: `client` is somebody. failed: could not be asked; `retry` does again. */
export type Phase = 'idle' | 'opening' | 'open' | 'failed';

/** What a refusal means for a kept login: it is of no use any more. */
function isRefusal(code: string): boolean {
  return !['OFFLINE', 'TIMEOUT', 'OVERLOADED', 'STORE_UNAVAILABLE', 'DRAINING', 'NOT_READY', 'RATE_LIMITED', 'INTERNAL'].includes(code); // prettier-ignore
}

export const useSession = defineStore('session', () => {
  const phase = ref<Phase>('idle');
  const client = shallowRef<Client>();
  /** Why the last login failed (a code) or ended (a kick's reason). */
  const problem = ref<{ readonly kind: 'error' | 'kicked'; readonly code: string }>();
  let login: KeptLogin | undefined;

  async function drop(): Promise<void> {
    const old = client.value;
    client.value = undefined;
    await old?.destroy().catch(() => undefined);
  }

  function end(why: typeof problem.value): void {
    keepLogin(undefined);
    login = undefined;
    problem.value = why;
    phase.value = 'idle';
    void drop();
  }

  async function renew(made: Client): Promise<void> {
    const token = login?.demo === true ? await demoToken(login.user).catch(() => undefined) : undefined;
    if (token === undefined || !login || client.value !== made) return;
    await made.session.renew(token);
    login = { ...login, token };
    keepLogin(login);
  }

  function make({ app }: KeptLogin): Client {
    const made = createClient({
      persistOutbox: true,
      sendTimeout: Infinity,
      instance: 'tab',
      platformName: 'web',
      ...(app === undefined ? {} : { app }),
    });
    made.on('kicked', ({ reason }) => {
      if (client.value === made) end({ kind: 'kicked', code: reason });
    });
    made.on('tokenExpiring', () => void renew(made).catch(() => undefined));
    return made;
  }

  async function open(wanted: KeptLogin): Promise<void> {
    login = wanted;
    phase.value = 'opening';
    problem.value = undefined;
    await drop();
    const made = make(wanted);
    try {
      const { userId } = await made.session.open({ token: wanted.token, user: wanted.user });
      if (login !== wanted) return await made.destroy();
      login = { ...wanted, user: userId };
      keepLogin(login);
      client.value = made;
      phase.value = 'open';
    } catch (thrown) {
      await made.destroy().catch(() => undefined);
      if (login === wanted) await refused(wanted, errorCode(thrown));
    }
  }

  async function refused(wanted: KeptLogin, code: string): Promise<void> {
    if (!isRefusal(code)) {
      problem.value = { kind: 'error', code };
      phase.value = 'failed';
      return;
    }
    // A demo server that was set up anew does not know its old tokens; it makes others for the asking.
    const fresh = wanted.demo ? await demoToken(wanted.user).catch(() => undefined) : undefined;
    if (fresh === undefined || fresh === wanted.token || wanted !== login || code === 'USER_BANNED') return end({ kind: 'error', code }); // prettier-ignore
    login = undefined;
    await open({ ...wanted, token: fresh, demo: true });
  }

  async function loginAsDemo(user: string): Promise<void> {
    const kept = keptLogin();
    if (client.value && client.value.session.userId === user) return;
    if (kept?.demo === true && kept.user === user) return open(kept);
    try {
      const token = await demoToken(user);
      if (token === undefined) problem.value = { kind: 'error', code: 'NO_DEMO' };
      else await open({ user, token, demo: true });
    } catch {
      problem.value = { kind: 'error', code: 'OFFLINE' };
    }
  }

  /** Takes up the login this tab had before it was reloaded. */
  function resume(): void {
    const kept = keptLogin();
    if (kept) void open(kept);
  }

  function retry(): void {
    if (login) void open(login);
  }

  async function logout(): Promise<void> {
    const old = client.value;
    await old?.session.close().catch(() => undefined);
    end(undefined);
  }

  return { phase, client, problem, open, loginAsDemo, resume, retry, logout };
});
