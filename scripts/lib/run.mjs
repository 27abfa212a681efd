// Small helpers that every script shares. Node's own modules only.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The repository's folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Flags with which node runs the sources. */
export const sourceFlags = [
  '--conditions=@magpie/source',
  '--import',
  pathToFileURL(join(root, 'node_modules', 'tsx', 'dist', 'loader.mjs')).href,
];

/** What scripts keep between runs; never committed, gone with node_modules. */
export const cacheFolder = join(root, 'node_modules', '.cache', 'magpie');

/** The file behind a package's command: started with node itself, so no shell and no PATH is needed. */
export function tool(packageName, command = packageName) {
  const folder = join(root, 'node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof bin === 'string' ? bin : bin[command]);
}

/**
 * Runs node with `args`; resolves when it ended. With `capture` its output is collected instead of shown.
 * @returns {Promise<{ code: number, output: string, seconds: number }>}
 */
export function runNode(args, { env = {}, cwd = root, capture = false } = {}) {
  return run(process.execPath, args, { env, cwd, capture });
}

/** As `runNode`, for any program. */
export function run(program, args, { env = {}, cwd = root, capture = false } = {}) {
  const started = Date.now();
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: capture ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    });
    const stop = forwardSignals(child);
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    const end = (code) => {
      stop();
      resolve({ code, output, seconds: (Date.now() - started) / 1000 });
    };
    child.once('error', (error) => {
      output += `${error.message}\n`;
      end(1);
    });
    child.once('close', (code, signal) => end(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}

/** A terminal tells the whole group of its Ctrl-C; everyone else tells only this process. */
function forwardSignals(child) {
  const interrupt = () => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  };
  const terminate = () => child.kill('SIGTERM');
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', terminate);
  return () => {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', terminate);
  };
}

/** `1.2 s`, for people. */
export function inSeconds(seconds) {
  return `${seconds.toFixed(1)} s`;
}
