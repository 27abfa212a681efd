import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

// ZIM has one instance a page. Two users are two pages; here, two processes. Both are users of the demo app.
const client = fileURLToPath(new URL('./client.ts', import.meta.url));
const pairs = [
  ['alice', 'bob'],
  ['bob', 'alice'],
] as const;

const children = pairs.map((names) =>
  spawn(process.execPath, [...process.execArgv, client, ...names], { stdio: 'inherit' }),
);
const stop = () => children.forEach((child) => child.kill());
process.once('SIGTERM', stop);
for (const child of children) {
  child.on('exit', (code) => {
    if (code === 0) return;
    process.exitCode = 1;
    // Alone the other would wait for ever.
    stop();
  });
}
