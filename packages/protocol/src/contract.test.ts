import { toJsonSchema } from '@valibot/to-json-schema';
import { describe, expect, it } from 'vitest';
import { COMMON_ERRORS, ERRORS } from './errors.ts';
import { ALL_EVENTS, ALL_OPERATIONS, EVENTS, OPERATIONS } from './operations.ts';
import { SETTINGS, effectiveSettings, settingSchema } from './settings.ts';
import * as v from 'valibot';

describe('every operation', () => {
  it.each(ALL_OPERATIONS.map((operation) => [operation.name, operation] as const))(
    '%s is whole',
    (name, operation) => {
      expect(name).toMatch(/^[a-z]+\.[a-zA-Z]+$/);
      expect(operation.callers.length).toBeGreaterThan(0);
      expect(operation.summary).toMatch(/\.$/);
      for (const code of operation.errors) {
        expect(ERRORS).toHaveProperty(code);
        expect(COMMON_ERRORS).not.toContain(code);
      }
      // Only convertible actions: the reference and OpenAPI are made from these.
      expect(() => toJsonSchema(operation.input, { errorMode: 'throw' })).not.toThrow();
      expect(() => toJsonSchema(operation.output, { errorMode: 'throw' })).not.toThrow();
    },
  );

  it('has a name of its own', () => {
    expect(OPERATIONS.size).toBe(ALL_OPERATIONS.length);
    expect(EVENTS.size).toBe(ALL_EVENTS.length);
  });

  it.each(ALL_OPERATIONS.map((operation) => [operation.name, operation] as const))(
    '%s refuses unknown fields',
    (_name, operation) => {
      const result = v.safeParse(operation.input, { 'no-such-field': 1 });
      expect(result.success).toBe(false);
    },
  );
});

describe('every event', () => {
  it.each(ALL_EVENTS.map((event) => [event.name, event] as const))(
    '%s names its stream and audience',
    (_name, event) => {
      expect(['messages', 'changes', 'user', 'transient']).toContain(event.stream);
      expect(event.stream === 'user' ? event.audience : 'any').toMatch(/^(user|any)$/);
      expect(() => toJsonSchema(event.payload, { errorMode: 'throw' })).not.toThrow();
    },
  );
});

describe('settings', () => {
  it.each(Object.entries(SETTINGS))('%s has a default that fits its schema', (name, row) => {
    expect(v.safeParse(settingSchema(name)!, row.default).success).toBe(true);
  });

  it('lays an app’s own values over the defaults', () => {
    const settings = effectiveSettings({ 'recall.window': 5, 'limits.rate.user': 7 });
    expect(settings['recall.window']).toBe(5);
    expect(settings['limits.rate.user']).toBe(7);
    expect(settings['limits.message.maxBytes']).toBe(12 * 1024);
  });

  it('knows no setting of another name', () => {
    expect(settingSchema('recall.windows')).toBeUndefined();
    expect(settingSchema('limits.toString')).toBeUndefined();
    expect(settingSchema('constructor')).toBeUndefined();
  });
});
