import { ConfigError } from './config-error.ts';

/** How a server is watched, and how it stops. */
export interface OperationsConfig {
  /** An address of its own for `/metrics`, without a token. Absent: beside everything else, for this machine or with the admin token. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
  /** Apps that metrics tell by name; the rest are “other”. */
  readonly metricsApps: number;
  /** ms within which connections are handed over and work is finished before the process ends. */
  readonly drain: number;
  /** ms from which a request is logged as slow; 0: never. */
  readonly logSlow: number;
  /** Where spans go (OTLP over HTTP). Absent: nothing of it is loaded. */
  readonly traces: string | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

export function readOperations(env: Env): OperationsConfig {
  return {
    metrics: readAddress(env['MAGPIE_METRICS']),
    metricsApps: readNumber('MAGPIE_METRICS_APPS', env['MAGPIE_METRICS_APPS'], 20, 1_000),
    drain: readNumber('MAGPIE_DRAIN', env['MAGPIE_DRAIN'], 10, 3_600) * 1000,
    logSlow: readNumber('MAGPIE_LOG_SLOW', env['MAGPIE_LOG_SLOW'], 1_000, 3_600_000),
    traces: readUrl(env['OTEL_EXPORTER_OTLP_ENDPOINT']),
  };
}

function readNumber(name: string, text: string | undefined, fallback: number, max: number): number {
  const value = Number(text || fallback);
  if (!Number.isInteger(value) || value < 0 || value > max)
    throw new ConfigError(`${name} must be a whole number from 0 to ${max}.`);
  return value;
}

/** `host:port`, an IPv6 address in brackets. */
function readAddress(text: string | undefined): { host: string; port: number } | undefined {
  if (!text) return undefined;
  const [, host = '', port = ''] = /^(\[[0-9a-f:.]+\]|[^:\s]+):(\d{1,5})$/i.exec(text) ?? [];
  if (host === '' || Number(port) > 65_535) throw new ConfigError('MAGPIE_METRICS must be an address and a port, such as 127.0.0.1:9464 or [::1]:9464.'); // prettier-ignore
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}

function readUrl(text: string | undefined): string | undefined {
  if (!text) return undefined;
  if (!/^https?:\/\/\S+$/.test(text)) throw new ConfigError('OTEL_EXPORTER_OTLP_ENDPOINT must be an http or https URL.'); // prettier-ignore
  return text;
}
