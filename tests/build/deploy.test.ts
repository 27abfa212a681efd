import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createTestServer } from '@magpie/testkit/network';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { finish, root, start, withServerEnv } from './support/process.ts';

const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** Every setting that the server and its command line read. */
const settings = new Set(
  ['config.ts', 'config-operations.ts', 'cli.ts', 'telemetry.ts']
    .filter((file) => existsSync(join(root, 'packages/server/src', file)))
    .flatMap((file) => [...read(`packages/server/src/${file}`).matchAll(/env\['([A-Z_]+)'\]/g)])
    .map(([, name]) => name),
);
/** What others read: Node, the images beside ours. */
const others = /^(NODE_ENV|MAGPIE_SITE|POSTGRES_[A-Z_]+)$/;

/** What a machine has decides what else is asked; that the files are read and held against the server does not depend on it. */
const present = (tool: string) => {
  try {
    return execFileSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim() !== '';
  } catch {
    return false;
  }
};

describe('the image', () => {
  const file = read('deploy/Dockerfile');
  const stages = file.split(/^FROM /m).slice(1);
  const last = stages.at(-1) ?? '';
  const copied = [...last.matchAll(/^COPY (?:--from=(?:build|modules) )?(.+)$/gm)].flatMap(
    ([, args = '']) => {
      const parts = args.split(/\s+/);
      return parts.slice(0, -1).map((path) => path.replace(/^\/src\//, ''));
    },
  );

  it('has a user that is not root, a health check, and a stage with nothing that only builds', () => {
    expect(stages.length).toBe(3);
    expect(last).toMatch(/^USER node$/m);
    expect(last).toMatch(/^HEALTHCHECK /m);
    expect(last).not.toMatch(/npm /);
    for (const [, name] of file.matchAll(/\b((?:MAGPIE_[A-Z_]+)|HOST|PORT)=/g))
      expect(settings).toContain(name);
  });

  it('runs with what it copies, and answers its own health check', async () => {
    await finish('npm', ['run', 'build', '--', 'chat', 'server']);
    const folder = mkdtempSync(join(tmpdir(), 'magpie-image-'));
    expect(copied).toContain('packages/server/dist');
    for (const path of copied) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      if (path === 'node_modules') symlinkSync(join(root, path), join(folder, path));
      else cpSync(join(root, path), join(folder, path), { recursive: true });
    }
    const [, check = '[]'] = /HEALTHCHECK [\s\S]*?CMD (\[.*\])$/m.exec(last) ?? [];
    const [, command = '[]'] = /^CMD (\[.*\])$/m.exec(last) ?? [];
    const [program = '', ...args] = JSON.parse(command) as string[];
    expect(program).toBe('node');
    await withServerEnv(async (env) => {
      const server = start(process.execPath, args.map((arg) => join(folder, arg)), env); // prettier-ignore
      const [, url = ''] = await server.seen(/running at (http:\S+)/);
      expect((await fetch(`${url}/`)).headers.get('content-type')).toContain('text/html');
      const [, ...ask] = JSON.parse(check) as string[];
      await finish(process.execPath, ask, { PORT: new URL(url).port });
      server.child.kill('SIGTERM');
      expect(await server.ended).toEqual({ code: 0, signal: null });
      await expect(finish(process.execPath, ask, { PORT: new URL(url).port })).rejects.toThrow();
    });
    rmSync(folder, { recursive: true, force: true });
  });
});

interface Service {
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly depends_on?: readonly string[] | Readonly<Record<string, unknown>>;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly stop_grace_period?: string;
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

describe('the compose file', () => {
  const compose = parse(read('deploy/compose.yaml'), { merge: true }) as Compose;
  const nodes = Object.entries(compose.services).filter(([name]) => name.startsWith('magpie-'));

  it('has three nodes, and everything they name is there', () => {
    expect(nodes.map(([name]) => name)).toEqual(['magpie-1', 'magpie-2', 'magpie-3']);
    for (const [name, { volumes = [], depends_on = [], build }] of Object.entries(compose.services)) {
      for (const needed of Array.isArray(depends_on) ? (depends_on as string[]) : Object.keys(depends_on))
        expect(Object.keys(compose.services), name).toContain(needed);
      for (const [source = ''] of volumes.map((volume) => volume.split(':'))) {
        if (source.startsWith('./')) expect(existsSync(join(root, 'deploy', source)), source).toBe(true);
        else expect(Object.keys(compose.volumes), name).toContain(source);
      }
      if (build) expect(existsSync(join(root, 'deploy', build.context, build.dockerfile))).toBe(true);
    }
  });

  it('gives nodes settings that there are, all the same but for their own data', () => {
    for (const [, { environment = {} }] of nodes)
      for (const name of Object.keys(environment)) expect(settings).toContain(name);
    expect(new Set(nodes.map(([, { environment }]) => JSON.stringify(environment))).size).toBe(1);
    expect(new Set(nodes.map(([, { volumes = [] }]) => volumes[0])).size).toBe(3);
  });

  it('stops nodes no sooner than they drain', () => {
    for (const [, { environment = {}, stop_grace_period = '' }] of nodes)
      expect(Number.parseInt(stop_grace_period)).toBeGreaterThanOrEqual(Number(environment['MAGPIE_DRAIN']) + 15); // prettier-ignore
  });

  it('keeps no secret of its own', () => {
    const text = read('deploy/compose.yaml');
    for (const [, value] of text.matchAll(/(?:PASSWORD|TOKEN|KEY): (.+)$/gm)) expect(value).toMatch(/^\$\{[A-Z_]+:\?\}$/); // prettier-ignore
  });
});

describe('the unit', () => {
  const unit = read('deploy/magpie.service');

  it('names settings that there are, and files that a build makes', () => {
    const named = [...unit.matchAll(/^Environment=([A-Z_]+)=/gm)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(1);
    for (const name of named) expect(others.test(name) || settings.has(name), name).toBe(true);
    const [, path = ''] = /^ExecStart=\/usr\/bin\/node (\S+)$/m.exec(unit) ?? [];
    expect(path).toBe('packages/server/dist/main.js');
    const [, guide = ''] = /^Documentation=file:\/\/\/opt\/magpie\/(\S+)$/m.exec(unit) ?? [];
    expect(existsSync(join(root, guide))).toBe(true);
  });

  if (present('systemd-analyze') && existsSync('/usr/bin/node'))
    it('is what systemd takes', () => {
      const said = execFileSync('systemd-analyze', ['verify', join(root, 'deploy/magpie.service')], { encoding: 'utf8', stdio: 'pipe' }); // prettier-ignore
      expect(said).toBe('');
    });
});

describe('the proxies', () => {
  it.each(['deploy/nginx.conf', 'deploy/Caddyfile'])('%s has its braces closed and keeps the operator’s paths inside', (path) => {
    // Comments, and Caddy's placeholders, are no blocks.
    const text = read(path).replaceAll(/(^|\s)#.*$/gm, '').replaceAll(/\{\$[A-Z_]+\}|\$\{?\w+\}?/g, 'x');
    let depth = 0;
    for (const [brace] of text.matchAll(/[{}]/g)) {
      depth += brace === '{' ? 1 : -1;
      expect(depth).toBeGreaterThanOrEqual(0);
    }
    expect(depth).toBe(0);
    for (const inside of ['/metrics', '/readyz', '/demo/']) expect(text).toContain(inside);
  }); // prettier-ignore

  if (present('nginx'))
    it('nginx takes its file', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'magpie-nginx-'));
      execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=x', '-keyout', join(folder, 'k.pem'), '-out', join(folder, 'c.pem')], { stdio: 'ignore' }); // prettier-ignore
      const conf = read('deploy/nginx.conf').replaceAll(/\/etc\/ssl\/magpie\/fullchain\.pem/g, join(folder, 'c.pem')).replaceAll(/\/etc\/ssl\/magpie\/privkey\.pem/g, join(folder, 'k.pem')).replaceAll(/magpie-\d:/g, '127.0.0.1:'); // prettier-ignore
      const { writeFileSync } = await import('node:fs');
      writeFileSync(join(folder, 'nginx.conf'), `pid ${folder}/pid; events {} http { ${conf} }`);
      await finish('nginx', ['-t', '-c', join(folder, 'nginx.conf')]);
      rmSync(folder, { recursive: true, force: true });
    });

  if (present('caddy'))
    it('Caddy takes its file', async () => {
      await finish('caddy', ['validate', '--adapter', 'caddyfile', '--config', join(root, 'deploy/Caddyfile')], { MAGPIE_SITE: 'chat.example.com' }); // prettier-ignore
    });
});

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}
interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly w: number };
  readonly targets?: readonly { readonly expr: string }[];
}

describe('alerts and dashboard', () => {
  const { groups } = parse(read('deploy/prometheus/magpie.rules.yml')) as { groups: { rules: Rule[] }[] };
  const rules = groups.flatMap((group) => group.rules);
  const dashboard = JSON.parse(read('deploy/grafana/magpie.json')) as { panels: Panel[]; templating: { list: { name: string }[] } }; // prettier-ignore
  const expressions = [...rules.map(({ alert, expr }) => [alert, expr] as const), ...dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const))]; // prettier-ignore
  let known: Map<string, string>;
  let close: () => Promise<void>;
  beforeAll(async () => {
    const server = await createTestServer();
    close = () => server.close();
    await server.admin('app.list');
    await server.admin('no.such').catch(() => undefined);
    const text = await (await fetch(`${server.url}/metrics`)).text();
    known = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type])); // prettier-ignore
  });
  afterAll(() => close());

  it('ask only for what the server tells, and of each kind as it must be asked', () => {
    expect(expressions.length).toBeGreaterThan(60);
    for (const [where, expr] of expressions) {
      const names = [...expr.matchAll(/\b(?:magpie|process|nodejs)_\w+/g)].map(([name]) => name);
      if (expr.replaceAll(/\{[^}]*\}/g, '') !== 'up == 0') expect(names.length, where).toBeGreaterThan(0);
      for (const name of names) {
        const family = known.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '');
        expect(known.has(family), `${where}: ${name}`).toBe(true);
        const rated = new RegExp(`rate\\(${name}\\b`).test(expr);
        expect(rated, `${where}: ${name} of type ${known.get(family)}`).toBe(known.get(family) !== 'gauge');
      }
      for (const [open, shut] of [['(', ')'], ['{', '}'], ['[', ']']] as const) expect(expr.split(open).length, where).toBe(expr.split(shut).length); // prettier-ignore
    }
  });

  it('every alert says how grave it is and what it means, and stands in the guide', () => {
    const guide = read('docs/guide/operations.md');
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { alert, labels, annotations } of rules) {
      expect(['page', 'ticket']).toContain(labels.severity);
      expect(annotations.summary.length, alert).toBeGreaterThan(20);
      expect(guide, alert).toContain(`\`${alert}\``);
    }
    for (const [, named = ''] of guide.matchAll(/`(Magpie[A-Z]\w+)`/g)) expect(rules.map(({ alert }) => alert)).toContain(named); // prettier-ignore
  });

  it('every figure of the server has a place on the dashboard', () => {
    const shown = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)).join('\n');
    const missing = [...known.keys()].filter((name) => name.startsWith('magpie_') && !shown.includes(name));
    expect(missing).toEqual([]);
  });

  it('the dashboard fits the page, and names its panels once', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    for (const { title, gridPos } of dashboard.panels) expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24); // prettier-ignore
    expect(dashboard.templating.list.map(({ name }) => name)).toEqual(['source', 'node']);
  });

  if (present('promtool'))
    it('promtool takes the rules', async () => {
      await finish('promtool', ['check', 'rules', join(root, 'deploy/prometheus/magpie.rules.yml')]);
    });
});

describe('the guide', () => {
  const guide = read('docs/guide/operations.md');

  it('tells of every setting, and of none that there is not', () => {
    const told = new Set([...guide.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, name]) => name));
    expect([...settings].filter((name) => !told.has(name))).toEqual([]);
    expect([...told].filter((name) => !settings.has(name))).toEqual([]);
  });

  it('points at files that are there', () => {
    const files = [...guide.matchAll(/`((?:deploy|docs|packages)\/[\w./-]+)`/g)].map(([, path = '']) => path);
    expect(files.length).toBeGreaterThan(5);
    for (const path of files.filter((path) => !path.includes('/dist'))) expect(statSync(join(root, path)).size, path).toBeGreaterThan(0); // prettier-ignore
  });
});
