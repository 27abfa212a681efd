import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { listFiles, read } from './support/sources.ts';

/** Where the server's own code stands; its one way out is `packages/server/src/outbound` (ADR 0026). */
const house =
  /^(packages\/(server|domain|store-sql|bus-nats|credentials)|vendors\/[^/]+\/server)\/src\/.+\.(ts|mjs)$/;
const wayOut = 'packages/server/src/outbound/';
const tests = /\.test\.ts$|\/testing\/|\/test-support\.ts$/;

/** What may reach out all the same, each with its reason. */
const exceptions: Readonly<Record<string, string>> = {
  'packages/server/src/cli.ts: fetch': 'the command line asks the server it belongs to',
  'packages/server/src/gateway/gateway.ts: WebSocket': 'the class of sockets that came in',
};

/** Modules that open connections; types of them are free. */
const modules = new Set(
  ['http', 'https', 'http2', 'net', 'tls', 'dgram', 'dns', 'dns/promises'].flatMap((name) => [name, `node:${name}`]),
); // prettier-ignore
const clients = new Set(['undici', 'axios', 'got', 'ky', 'needle', 'superagent', 'node-fetch', 'request']);
const globals = new Set(['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest']);

function isTypeOnly(node: ts.Node): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  if (!ts.isImportDeclaration(node)) return ts.isImportTypeNode(node);
  const { importClause: clause } = node;
  if (clause?.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause?.namedBindings;
  return (
    clause !== undefined &&
    clause.name === undefined &&
    named !== undefined &&
    ts.isNamedImports(named) &&
    named.elements.every((element) => element.isTypeOnly)
  );
}

/** The module that a node takes values from, in any of the ways there are. */
function moduleOf(node: ts.Node): string | undefined {
  const from =
    ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
      ? node.moduleSpecifier
      : ts.isCallExpression(node) &&
          (node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.getText() === 'require')
        ? node.arguments[0]
        : undefined;
  return from !== undefined && ts.isStringLiteralLike(from) && !isTypeOnly(node) ? from.text : undefined;
}

/** `fetch` as a value: not a property or method of something else, a declaration's name or a type. */
function globalOf(node: ts.Node): string | undefined {
  if (!ts.isIdentifier(node) || !globals.has(node.text)) return undefined;
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node)
    return /^(globalThis|global|window|self)$/.test(parent.expression.getText()) ? node.text : undefined;
  const isName = 'name' in parent && parent.name === node && !ts.isShorthandPropertyAssignment(parent);
  return isName || ts.isTypeReferenceNode(parent) || ts.isImportSpecifier(parent) ? undefined : node.text;
}

/** What of a source could open a connection. */
function waysOut(text: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = moduleOf(node);
    if (specifier !== undefined && (modules.has(specifier) || clients.has(specifier))) found.push(specifier);
    const name = globalOf(node);
    if (name !== undefined) found.push(name);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('x.ts', text, ts.ScriptTarget.ESNext, true));
  return found;
}

const sources = listFiles('packages', 'vendors').filter((path) => house.test(path) && !tests.test(path));
const found = sources.flatMap((path) => waysOut(read(path)).map((what) => ({ path, what })));

describe('the way out of the server', () => {
  it('is one', () => {
    const others = found
      .filter(({ path }) => !path.startsWith(wayOut))
      .map(({ path, what }) => `${path}: ${what}`)
      .filter((line) => !(line in exceptions));
    expect(others).toEqual([]);
  });

  it('has no exception without need', () => {
    const lines = new Set(found.map(({ path, what }) => `${path}: ${what}`));
    expect(Object.keys(exceptions).filter((line) => !lines.has(line))).toEqual([]);
  });

  it('is where it is said to be', () => {
    const inside = new Set(found.filter(({ path }) => path.startsWith(wayOut)).map(({ what }) => what));
    expect([...inside].sort()).toEqual(['node:dns/promises', 'node:http', 'node:https', 'node:net']);
  });

  it.each([
    ["import { request } from 'node:http'", 'node:http'],
    ["import http from 'http'", 'http'],
    ["import * as tls from 'node:tls'", 'node:tls'],
    ["import { type Server, connect } from 'node:net'", 'node:net'],
    ["import 'node:dgram'", 'node:dgram'],
    ["export { get } from 'node:https'", 'node:https'],
    ["const { request } = await import('undici')", 'undici'],
    ["const http = require('http')", 'http'],
    ["await fetch('http://a')", 'fetch'],
    ["await globalThis.fetch('http://a')", 'fetch'],
    ['const options = { fetch }', 'fetch'],
    ['load(fetch)', 'fetch'],
    ["new WebSocket('ws://a')", 'WebSocket'],
  ])('would be seen: %s', (text, what) => {
    expect(waysOut(text)).toEqual([what]);
  });

  it.each([
    "import type { Server } from 'node:http'",
    "import { type Server } from 'node:http'",
    "import { WebSocket, WebSocketServer } from 'ws'",
    'await this.pages.fetch(1)',
    'const pages = { fetch: 1, fetch2() {} }',
    'interface Pages { fetch(): void }',
    'let socket: WebSocket',
  ])('would be no reason to complain: %s', (text) => {
    expect(waysOut(text)).toEqual([]);
  });
});
