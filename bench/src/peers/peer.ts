import type { ChildProcess } from 'node:child_process';

/** One signed-in user of the server under test. */
export interface User {
  readonly id: string;
  /** Sends to another user, or to the group. */
  sendDirect(to: string, body: string): void;
  sendGroup(body: string): void;
  /** Bodies that arrived from others; one call a body. */
  onBody: (body: string) => void;
  close(): void;
}

/** A server under test, in a process of its own. */
export interface Peer {
  readonly name: string;
  /** Root of the process tree whose CPU and memory are counted. */
  readonly pid: number;
  connect(id: string): Promise<User>;
  /** Makes one group of these users, who are all connected. */
  makeGroup(users: readonly User[]): Promise<void>;
  stop(): Promise<void>;
}

/** Waits for a line of a child's output. */
export function waitForLine(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const match = pattern.exec(text);
      if (match) resolve(match);
    });
    child.stderr?.on('data', (chunk: Buffer) => process.stderr.write(chunk));
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${text}`)));
  });
}

export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGKILL');
  await gone;
}

/** Marks that carry the sender and the time of sending through any server's framing. */
export const MARK = /~T([^~]*)~/g;
