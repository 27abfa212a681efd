import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, startServer, type RunningServer } from '@magpie/server';
import { callAsAdmin, type AdminAs } from './admin.ts';
import { createCutProxy, type CutProxy } from './cut-proxy.ts';

/** What `/demo/credentials` answers. */
export interface DemoCredentials {
  readonly appId: number;
  readonly appKey: string;
  readonly userId: string;
  readonly userSig: string;
  readonly zimToken: string;
  readonly webimToken: string;
  readonly server: string;
}

export interface TestServer extends AsyncDisposable {
  /** Address of the server itself. */
  readonly url: string;
  /** Address through a proxy that can be cut; made on first use. */
  proxy(): Promise<CutProxy>;
  credentials(user: string): Promise<DemoCredentials>;
  /** An operation as the operator; `app` defaults to the demo app, `user` is who to act as. */
  admin(operation: string, input?: unknown, as?: AdminAs): Promise<unknown>;
  readonly adminToken: string;
  readonly dataFolder: string;
  readonly running: RunningServer;
  /** Stops and starts again on the same data and port. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface TestServerOptions {
  /** Extra environment, as an operator would set it. */
  readonly env?: Readonly<Record<string, string>>;
  /** Settings of the demo app. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** A real server of one process: real sockets, SQLite in a temporary folder, the demo app. `await using` closes it. */
export async function createTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'magpie-test-'));
  const adminToken = 'test-admin-token-of-32-characters';
  const env = {
    MAGPIE_DATA: dataFolder,
    MAGPIE_DEMO: '1',
    MAGPIE_LOG: 'error',
    MAGPIE_ADMIN_TOKEN: adminToken,
    ...options.env,
  };
  let running = await startServer(readConfig({ PORT: '0', ...env }));
  let proxy: CutProxy | undefined;

  const admin: TestServer['admin'] = (operation, input, as) =>
    callAsAdmin(running.url, adminToken, operation, input, as);

  async function close(): Promise<void> {
    await proxy?.close();
    await running.close();
    await rm(dataFolder, { recursive: true, force: true });
  }

  const server: TestServer = {
    get url() {
      return running.url;
    },
    get running() {
      return running;
    },
    adminToken,
    dataFolder,
    proxy: async () => (proxy ??= await createCutProxy(running)),
    credentials: async (user) => {
      const response = await fetch(`${running.url}/demo/credentials?user=${encodeURIComponent(user)}`);
      if (!response.ok) throw new Error(`no demo credentials for ${user}: ${await response.text()}`);
      return (await response.json()) as DemoCredentials;
    },
    admin,
    restart: async () => {
      const { port } = running;
      await running.close();
      running = await startServer(readConfig({ PORT: String(port), ...env }));
    },
    close,
    [Symbol.asyncDispose]: close,
  };
  if (options.settings) await admin('app.update', { id: 'demo', settings: options.settings });
  return server;
}
