import type { ClientOptions } from '../types.ts';
import type { Platform } from '../platform/platform.ts';

/** Options with their defaults. */
export interface Resolved extends ClientOptions {
  readonly server: string;
  readonly platform: Platform;
  readonly tokenLead: number;
  readonly sendTimeout: number;
  readonly requestTimeout: number;
  readonly log: NonNullable<ClientOptions['log']>;
}

export function resolveOptions(options: ClientOptions, server: string, platform: Platform): Resolved {
  return {
    ...options,
    server,
    platform,
    tokenLead: options.tokenLead ?? 30_000,
    sendTimeout: options.sendTimeout ?? 30_000,
    requestTimeout: options.requestTimeout ?? 15_000,
    log: options.log ?? (() => undefined),
  };
}
