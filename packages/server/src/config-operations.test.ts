import { expect, it } from 'vitest';
import { ConfigError } from './config-error.ts';
import { readOperations } from './config-operations.ts';

it('has defaults that need no thought', () => {
  expect(readOperations({})).toEqual({ metrics: undefined, metricsApps: 20, drain: 10_000, logSlow: 1_000, traces: undefined }); // prettier-ignore
});

it('takes an address for metrics, of either kind', () => {
  expect(readOperations({ MAGPIE_METRICS: '10.0.0.5:9464' }).metrics).toEqual({ host: '10.0.0.5', port: 9464 }); // prettier-ignore
  expect(readOperations({ MAGPIE_METRICS: '[::1]:9464' }).metrics).toEqual({ host: '::1', port: 9464 });
});

it.each([
  ['MAGPIE_METRICS', '9464'],
  ['MAGPIE_METRICS', 'host:99999'],
  ['MAGPIE_METRICS_APPS', '-1'],
  ['MAGPIE_METRICS_APPS', '1001'],
  ['MAGPIE_DRAIN', '1.5'],
  ['MAGPIE_DRAIN', 'soon'],
  ['MAGPIE_LOG_SLOW', 'x'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
])('names the setting when %s is %s', (name, value) => {
  expect(() => readOperations({ [name]: value })).toThrow(ConfigError);
  expect(() => readOperations({ [name]: value })).toThrow(name);
});
