import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from './config.ts';

describe('MAGPIE_OUTBOUND_ALLOW', () => {
  it('is a list of addresses and ranges, by default empty', () => {
    expect(readConfig({}).outboundAllow).toEqual([]);
    const { outboundAllow } = readConfig({ MAGPIE_OUTBOUND_ALLOW: ' 127.0.0.1, 10.0.0.0/8,fd00::/8,' });
    expect(outboundAllow).toEqual(['127.0.0.1', '10.0.0.0/8', 'fd00::/8']);
  });

  it.each(['localhost', '10.0.0.0/33', '127.0.0.1;10.0.0.1', 'http://10.0.0.1', '*'])('is not %s', (text) => {
    const read = (): unknown => readConfig({ MAGPIE_OUTBOUND_ALLOW: `127.0.0.1,${text}` });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(`MAGPIE_OUTBOUND_ALLOW: "${text}"`);
  });
});

describe('a node of a cluster', () => {
  const node = {
    MAGPIE_BUS: 'nats://user:secret@bus:4222,other:4222',
    MAGPIE_STORE: 'postgres://db/magpie',
    MAGPIE_MASTER_KEY: 'k',
    MAGPIE_FILES: '/shared/files',
    MAGPIE_ADMIN_TOKEN: 't',
  };

  it('needs no more than two addresses and what nodes share', () => {
    expect(readConfig(node)).toMatchObject({ bus: node.MAGPIE_BUS, store: node.MAGPIE_STORE, files: '/shared/files' }); // prettier-ignore
    expect(readConfig({ ...node, MAGPIE_BUS: 'tls://bus' }).bus).toBe('tls://bus');
    expect(readConfig({ ...node, MAGPIE_BUS: 'nats+tls://bus' }).bus).toBe('nats+tls://bus');
  });

  it('is none by default, nor with a bus of its own', () => {
    expect(readConfig({}).bus).toBe('local');
    expect(readConfig({ MAGPIE_BUS: 'local', MAGPIE_STORE: node.MAGPIE_STORE }).bus).toBe('local');
  });

  it.each(['MAGPIE_STORE', 'MAGPIE_MASTER_KEY', 'MAGPIE_FILES', 'MAGPIE_ADMIN_TOKEN'])(
    'is none without %s',
    (name) => {
      for (const value of [undefined, '']) {
        const read = (): unknown => readConfig({ ...node, [name]: value });
        expect(read).toThrow(ConfigError);
        expect(read).toThrow(new RegExp(`^${name} must be .*MAGPIE_BUS names a NATS server`));
      }
    },
  );

  it('is none on SQLite', () => {
    expect(() => readConfig({ ...node, MAGPIE_STORE: 'sqlite:x.db' })).toThrow(
      /^MAGPIE_STORE must be postgres/,
    );
  });

  it.each(['natz://user:secret@bus', 'user:secret@bus:4222', 'nats://', 'nats:// bus', 'redis://secret'])(
    'finds its bus at nats or tls alone, and shows no secret: %s',
    (bus) => {
      const read = (): unknown => readConfig({ ...node, MAGPIE_BUS: bus });
      expect(read).toThrow(ConfigError);
      expect(read).toThrow(/^MAGPIE_BUS must be (?!.*secret)/);
    },
  );
});
