// Chinese and emoji fonts for screenshots. The machine's own when it has them; else two font packages are fetched
// once through npm and unpacked beside the unpacked browser. Tests pass without them, pictures show boxes.
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { cacheFolder, run, runNode } from './run.mjs';

const fonts = [
  {
    what: 'Chinese',
    file: /cjk|wqy|source-?han|noto-?sans-?(sc|tc)|pingfang/i,
    npm: '@fontsource/noto-sans-sc@5.3.0',
    weights: [400, 600],
    part: 'chinese-simplified',
  },
  { what: 'emoji', file: /emoji/i, npm: '@fontsource/noto-color-emoji@5.3.2', weights: [400], part: 'emoji' },
];
const systemFolders = [
  '/usr/share/fonts',
  '/usr/local/share/fonts',
  join(homedir(), '.fonts'),
  join(homedir(), '.local/share/fonts'),
];

function fontFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true }).map(String);
}

/** WOFF is an OpenType font whose tables are deflated; the browser's font search wants them plain. */
export function woffToOpenType(woff) {
  const count = woff.readUInt16BE(12);
  const header = Buffer.alloc(12 + count * 16);
  woff.copy(header, 0, 4, 8);
  header.writeUInt16BE(count, 4);
  const power = 2 ** Math.floor(Math.log2(count));
  header.writeUInt16BE(power * 16, 6);
  header.writeUInt16BE(Math.log2(power), 8);
  header.writeUInt16BE((count - power) * 16, 10);
  const parts = [header];
  let offset = header.length;
  for (let i = 0; i < count; i++) {
    const entry = 44 + i * 20;
    const [at, packed, length] = [4, 8, 12].map((field) => woff.readUInt32BE(entry + field));
    const raw = woff.subarray(at, at + packed);
    const table = packed === length ? raw : inflateSync(raw);
    const row = 12 + i * 16;
    woff.copy(header, row, entry, entry + 4);
    woff.copy(header, row + 4, entry + 16, entry + 20);
    header.writeUInt32BE(offset, row + 8);
    header.writeUInt32BE(length, row + 12);
    const padding = Buffer.alloc((4 - (length % 4)) % 4);
    parts.push(table, padding);
    offset += length + padding.length;
  }
  return Buffer.concat(parts);
}

function unpackFont(font, packages, folder) {
  const name = font.npm.slice('@fontsource/'.length, font.npm.lastIndexOf('@'));
  for (const weight of font.weights) {
    const woff = join(
      packages,
      'node_modules',
      '@fontsource',
      name,
      'files',
      `${name}-${font.part}-${weight}-normal.woff`,
    );
    writeFileSync(join(folder, `${name}-${weight}.ttf`), woffToOpenType(readFileSync(woff)));
  }
}

async function fetchFonts(wanted, folder) {
  const fresh = `${folder}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  const args = [
    'install',
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--prefix',
    fresh,
    ...wanted.map(({ npm }) => npm),
  ];
  const own = process.env.npm_execpath;
  const result = own?.endsWith('.js')
    ? await runNode([own, ...args], { cwd: fresh, capture: true })
    : await run('npm', args, { cwd: fresh, capture: true });
  if (result.code === 0) {
    for (const font of wanted) unpackFont(font, fresh, fresh);
    rmSync(join(fresh, 'node_modules'), { recursive: true, force: true });
    writeFileSync(join(fresh, 'fonts.conf'), fontsConf(folder));
    rmSync(folder, { recursive: true, force: true });
    renameSync(fresh, folder);
    return true;
  }
  rmSync(fresh, { recursive: true, force: true });
  return false;
}

function fontsConf(folder) {
  const include = '<include ignore_missing="yes">/etc/fonts/fonts.conf</include>';
  const folders = [folder, ...systemFolders].map((path) => `<dir>${path}</dir>`).join('');
  return `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${include}${folders}<cachedir>${folder}/cache</cachedir></fontconfig>\n`;
}

/** @returns {Promise<Record<string, string>>} environment for the browser */
export async function prepareFonts(say) {
  if (process.platform !== 'linux') return {};
  const there = systemFolders.flatMap(fontFiles);
  const wanted = fonts.filter(({ file }) => !there.some((name) => file.test(name)));
  if (wanted.length === 0) return {};
  const folder = join(cacheFolder, 'fonts');
  const conf = join(folder, 'fonts.conf');
  const names = wanted.map(({ what }) => what).join(' and ');
  if (!existsSync(conf)) {
    say(`no ${names} font on this machine: fetching one from npm for the screenshots ...`);
    if (!(await fetchFonts(wanted, folder))) {
      say(
        `no ${names} font could be fetched: pictures will show boxes (fonts-noto-cjk and fonts-noto-color-emoji have them)`,
      );
      return {};
    }
  }
  return { FONTCONFIG_FILE: conf };
}
