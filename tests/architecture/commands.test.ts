import { describe, expect, it } from 'vitest';
import { listFiles, read } from './support/sources.ts';

/** What CI runs, and where: `proof` stands in that file. A command that no file runs any more has no proof. */
const runInCi: readonly { readonly command: RegExp; readonly file: string; readonly proof: string }[] = [
  { command: /^npm test$/, file: '.ci/run', proof: 'npm test' },
  { command: /^npm run check$/, file: '.ci/run', proof: 'npm run check' },
  { command: /^npm start$/, file: 'tests/build/start.test.ts', proof: "['start'" },
  { command: /^npm run build$/, file: 'tests/build/packages.test.ts', proof: "['run', 'build'" },
  {
    command: /^npm start -w @magpie\/example-zim-two-clients$/,
    file: 'tests/compat/stories/zim-example.test.ts',
    proof: 'examples/zim-two-clients/src/main.ts',
  },
  {
    command: /^npm start -w @magpie\/example-tim-vue$/,
    file: 'tests/compat/stories/tim-example.test.ts',
    proof: 'examples/tim-vue/headless.ts',
  },
  {
    command: /^npm start -w @magpie\/example-webim-typing$/,
    file: 'tests/compat/stories/webim-rest.test.ts',
    proof: 'examples/webim-typing/src/main.ts',
  },
  {
    command: /^node packages\/server\/dist\/main\.js$/,
    file: 'tests/build/server.test.ts',
    proof: 'dist/main.js',
  },
];

const excuse = /<!-- not run in CI: \S.*-->\s*$/;

interface Block {
  readonly file: string;
  readonly commands: readonly string[];
  readonly excused: boolean;
}

function blocks(file: string): Block[] {
  const text = read(file);
  return [...text.matchAll(/^```(?:sh|bash|shell|console)\n([\s\S]*?)^```/gm)].map((match) => ({
    file,
    commands: commandsOf(match[1] ?? ''),
    excused: excuse.test(text.slice(0, match.index)),
  }));
}

function commandsOf(body: string): string[] {
  return body
    .replaceAll('\\\n', ' ')
    .split('\n')
    .flatMap((line) => line.split('&&'))
    .map((line) =>
      line
        .replace(/^\s*\$\s/, '')
        .replace(/\s#\s.*$/, '')
        .trim(),
    )
    .filter((line) => line !== '' && !line.startsWith('#'));
}

const documents = listFiles(
  'README.md',
  'README.zh-CN.md',
  'CONTRIBUTING.md',
  'examples/*.md',
  'docs/guide/*.md',
);
const found = documents.flatMap(blocks);

describe('commands printed in documents', () => {
  it('are run by CI, or say why not', () => {
    const unknown = found
      .filter(({ excused }) => !excused)
      .flatMap(({ file, commands }) => commands.map((command) => ({ file, command })))
      .filter(({ command }) => !runInCi.some((known) => known.command.test(command)));
    expect(unknown.map(({ file, command }) => `${file}: ${command}`)).toEqual([]);
  });

  it('that CI is said to run are run there', () => {
    const unproven = runInCi.filter(
      ({ file, proof }) => listFiles(file).length === 0 || !read(file).includes(proof),
    );
    expect(unproven.map(({ command, file }) => `${command.source} in ${file}`)).toEqual([]);
  });

  it('were found at all', () => {
    expect(found.length).toBeGreaterThan(0);
  });
});
