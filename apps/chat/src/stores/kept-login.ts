/** A login of this tab, as it outlives a reload. Each tab has its own: two windows can be two users. */
export interface KeptLogin {
  readonly user: string;
  readonly token: string;
  readonly app?: string;
  /** The token came from demo mode, which makes another when it ends. */
  readonly demo: boolean;
}

const KEY = 'magpie.login';

export function keptLogin(): KeptLogin | undefined {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
    if (typeof kept !== 'object' || kept === null || !('user' in kept) || !('token' in kept))
      return undefined;
    const { user, token } = kept;
    if (typeof user !== 'string' || typeof token !== 'string') return undefined;
    const app = 'app' in kept && typeof kept.app === 'string' ? { app: kept.app } : {};
    return { user, token, demo: 'demo' in kept && kept.demo === true, ...app };
  } catch {
    return undefined;
  }
}

export function keepLogin(login: KeptLogin | undefined): void {
  try {
    if (login) sessionStorage.setItem(KEY, JSON.stringify(login));
    else sessionStorage.removeItem(KEY);
  } catch {
    // The login lasts until the page goes then.
  }
}
