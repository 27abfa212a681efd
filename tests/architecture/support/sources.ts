import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Committed files and new ones that are not ignored; `patterns` as git understands them. */
export function listFiles(...patterns: string[]): string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z', '--', ...patterns];
  const output = execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return [...new Set(output.split('\0'))]
    .filter((path) => path !== '' && existsSync(join(root, path)))
    .sort();
}

export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

export interface Import {
  readonly specifier: string;
  /** `import type`, `export type … from`, or named with nothing but `type` specifiers. */
  readonly typeOnly: boolean;
  readonly reExport: boolean;
}

export interface Source {
  readonly path: string;
  readonly lines: number;
  readonly isTest: boolean;
  readonly imports: readonly Import[];
  readonly hasDefaultExport: boolean;
  /** Nothing but re-exports: a barrel. */
  readonly onlyReExports: boolean;
}

/** Of a Vue file, what stands in its script blocks. */
function script(path: string, text: string): string {
  if (!path.endsWith('.vue')) return text;
  return [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map(([, body]) => body ?? '').join('\n');
}

function isTypeOnlyImport(node: ts.ImportDeclaration): boolean {
  const clause = node.importClause;
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { namedBindings } = clause;
  if (clause.name !== undefined || namedBindings === undefined || !ts.isNamedImports(namedBindings))
    return false;
  return namedBindings.elements.length > 0 && namedBindings.elements.every((element) => element.isTypeOnly);
}

function staticImport(node: ts.Statement): Import | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, typeOnly: isTypeOnlyImport(node), reExport: false };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, typeOnly: node.isTypeOnly, reExport: true };
  }
  return undefined;
}

/** `import('x')`, as a value or as a type. */
function innerImports(node: ts.Node): Import[] {
  const found: Import[] = [];
  const visit = (child: ts.Node): void => {
    if (ts.isCallExpression(child) && child.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = child.arguments;
      if (argument && ts.isStringLiteralLike(argument)) {
        found.push({ specifier: argument.text, typeOnly: false, reExport: false });
      }
    }
    if (ts.isImportTypeNode(child) && ts.isLiteralTypeNode(child.argument)) {
      const { literal } = child.argument;
      if (ts.isStringLiteral(literal))
        found.push({ specifier: literal.text, typeOnly: true, reExport: false });
    }
    ts.forEachChild(child, visit);
  };
  visit(node);
  return found;
}

function isDefaultExport(node: ts.Statement): boolean {
  if (ts.isExportAssignment(node)) return true;
  if (ts.canHaveModifiers(node)) {
    return ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword) ?? false;
  }
  if (!ts.isExportDeclaration(node) || !node.exportClause || !ts.isNamedExports(node.exportClause))
    return false;
  return node.exportClause.elements.some(({ name }) => name.text === 'default');
}

export function parse(path: string): Source {
  const text = read(path);
  const file = ts.createSourceFile(`${path}.ts`, script(path, text), ts.ScriptTarget.ESNext, true);
  const imports = file.statements.map(staticImport).filter((one) => one !== undefined);
  return {
    path,
    lines: text.split('\n').length - 1,
    isTest: /\.test\.ts$|\/(test|testing)\//.test(path),
    imports: [...imports, ...innerImports(file)],
    hasDefaultExport: file.statements.some(isDefaultExport),
    onlyReExports:
      file.statements.length > 1 &&
      file.statements.every((node) => ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined),
  };
}

/** Every source file of the house, tests among them. */
export function allSources(): Source[] {
  return listFiles('packages', 'vendors', 'apps', 'bench', 'examples', 'tests')
    .filter((path) => /\.(ts|vue|mjs)$/.test(path) && !path.endsWith('.d.ts') && !path.includes('/fixtures/'))
    .map(parse);
}
