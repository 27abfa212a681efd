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
