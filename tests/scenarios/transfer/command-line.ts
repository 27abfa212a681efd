import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export interface CommandOptions {
  readonly dataFolder: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Another copy of the sources. */
  readonly root?: string;
}

/** `magpie …` in a process of its own, as an operator runs it; answers what it printed, throws that when it fails. */
export async function magpie(
  args: readonly string[],
  { dataFolder, env = {}, root = ROOT }: CommandOptions,
): Promise<string> {
  const command = ['--conditions=@magpie/source', '--import', 'tsx', 'packages/server/src/cli.ts', ...args];
  const child = spawn(process.execPath, command, {
    cwd: root,
    env: { ...process.env, MAGPIE_DATA: dataFolder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const hear = (chunk: Buffer) => (output += chunk.toString());
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`magpie ${args.join(' ')} ended with ${String(code)}:\n${output}`);
  return output;
}
