import type { ChildProcess } from 'node:child_process';

/** All a driver process needs to know to connect. */
export interface PeerAddress {
  readonly kind: 'magpie' | 'socketio' | 'ws';
  readonly url: string;
  /** Of a cluster: all its nodes, that users connect to in turn. */
  readonly nodes?: readonly string[];
}

/** A server under test, in processes of its own. */
export interface Peer {
  readonly name: string;
  readonly address: PeerAddress;
  /** Roots of the process trees whose CPU and memory are counted: the server, and its database if there is one. */
  readonly roots: readonly number[];
  /** Makes one group of these users, who exist already. */
  makeGroup(users: readonly string[]): Promise<void>;
  /** Records the main thread while this runs, if the command was asked to. */
  profiled?<T>(name: string, run: () => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

/** Runs, recorded where the peer can be. */
export function profiled<T>(peer: Peer, name: string, run: () => Promise<T>): Promise<T> {
  return peer.profiled ? peer.profiled(name, run) : run();
}

/** No server outlives the command that started it, however that ends. */
export function endWithUs(child: ChildProcess): void {
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
}

/** Waits for a line of a child's output. Whatever else it says to stderr is shown. */
export function waitForLine(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const match = pattern.exec(text);
      if (match) resolve(match);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      // What Node says when it is looked into is not for whoever reads the figures.
      if (!/^(Debugger |For help, see)/.test(chunk.toString())) process.stderr.write(chunk);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${text}`)));
  });
}

export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGKILL');
  await gone;
}
