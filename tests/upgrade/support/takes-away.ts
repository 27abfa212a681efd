import ts from 'typescript';

/** What nodes of the version before would miss or trip over, in SQL … */
const inWords: readonly (readonly [RegExp, string])[] = [
  [/\bdrop\s+(?:table|column|view|schema)\b/i, 'drops'],
  [/\brename\b/i, 'renames'],
  [/\btruncate\b/i, 'empties'],
  [/\balter\s+column\b/i, 'changes a column'],
  [/\badd\s+column\b(?=[^,;]*\bnot\s+null\b)(?![^,;]*\bdefault\b)/i, 'adds a column that must be written'],
];

/** … and in the words of the schema builder. */
const calls: Readonly<Record<string, string>> = {
  dropTable: 'drops',
  dropColumn: 'drops',
  dropView: 'drops',
  dropSchema: 'drops',
  renameTo: 'renames',
  renameColumn: 'renames',
  alterColumn: 'changes a column',
  modifyColumn: 'changes a column',
};

export interface Reading {
  /** Each thing that a running node of the version before may still use. */
  readonly takes: readonly string[];
  /** `contracts`: the version from which on nothing uses it any more. */
  readonly contracts: string | undefined;
}

/** Reads a migration's source. */
export function readMigration(source: string): Reading {
  const takes: string[] = [];
  let contracts: string | undefined;
  const visit = (node: ts.Node): void => {
    const words = wordsOf(node);
    for (const [pattern, what] of words === undefined ? [] : inWords)
      if (pattern.test(words ?? '')) takes.push(`${what}: ${words?.replace(/\s+/g, ' ').trim()}`);
    if (ts.isPropertyAccessExpression(node)) {
      const what = Object.hasOwn(calls, node.name.text) ? calls[node.name.text] : undefined;
      if (what !== undefined) takes.push(`${what}: ${node.name.text}`);
    }
    if (ts.isPropertyAssignment(node) && node.name.getText() === 'contracts' && ts.isStringLiteral(node.initializer)) contracts = node.initializer.text; // prettier-ignore
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('migration.ts', source, ts.ScriptTarget.ESNext, true));
  return { takes, contracts };
}

/** What a piece of text says; of a template what stands around its values. */
function wordsOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join(' … ');
}

/** Whether a version, `0.10.2`, is at least another. */
export function isAtLeast(version: string, least: string): boolean {
  const [a, b] = [version, least].map((text) => text.split('.').map(Number));
  const first = a?.findIndex((part, i) => part !== b?.[i]) ?? -1;
  return first < 0 || (a?.[first] ?? 0) > (b?.[first] ?? 0);
}
