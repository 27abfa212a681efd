import { effectiveSettings, type CloseName, type Platform } from '@magpie/protocol';
import { describe, expect, it } from 'vitest';
import type { AppContext } from '../core/context.ts';
import { SessionRegistry, type Session } from './registry.ts';

function world(settings: Record<string, unknown> = {}) {
  let now = 1_000_000;
  const app: AppContext = {
    id: 'a',
    name: '',
    doors: [],
    settings: effectiveSettings(settings),
    createdAt: 0,
  };
  const registry = new SessionRegistry({ now: () => now });
  const ends: Record<string, CloseName> = {};
  const events: Record<string, string[]> = {};
  const open = (id: string, platform: Platform, instance = id, expiresAt?: number): Session => {
    const peer = {
      congested: false,
      push: (event: string) => void (events[id] ??= []).push(event),
      end: (close: CloseName) => void (ends[id] = close),
    };
    const session: Session = { id, app: 'a', userId: 'u', instance, platform, device: undefined, customInfo: undefined, openedAt: now, wantsDelivered: false, peer, expiresAt }; // prettier-ignore
    registry.open(app, session);
    return session;
  };
  return {
    registry,
    open,
    ends,
    events,
    alive: () => registry.of('a', 'u').map(({ id }) => id),
    pass: (ms: number) => void (now += ms),
  };
}

describe('who stays when somebody logs in', () => {
  it.each<[string, Record<string, unknown>, [string, Platform][], string[], Record<string, CloseName>]>([
    ['many devices by default', {}, [['w1', 'web'], ['w2', 'web'], ['i', 'ios'], ['a', 'android']], ['w1', 'w2', 'i', 'a'], {}],
    ['web kinds share a limit', { 'sessions.perWeb': 2 }, [['w', 'web'], ['m', 'miniprogram'], ['u', 'uniapp']], ['m', 'u'], { w: 'OVER_LIMIT' }],
    ['other platforms have their own', { 'sessions.perPlatform': 1 }, [['i1', 'ios'], ['a', 'android'], ['i2', 'ios']], ['a', 'i2'], { i1: 'REPLACED' }],
    ['single: one platform', { 'sessions.policy': 'single' }, [['w', 'web'], ['i', 'ios']], ['i'], { w: 'REPLACED_ELSEWHERE' }],
    ['dual: one mobile beside the rest', { 'sessions.policy': 'dual' }, [['w', 'web'], ['i', 'ios'], ['a', 'android']], ['w', 'a'], { i: 'REPLACED_ELSEWHERE' }],
  ])('%s', (_name, settings, logins, left, ended) => {
    const { open, alive, ends } = world(settings);
    for (const [id, platform] of logins) open(id, platform);
    expect(alive()).toEqual(left);
    expect(ends).toEqual(ended);
  }); // prettier-ignore

  it('the same instance takes its old session’s place', () => {
    const { open, alive, ends, events } = world();
    open('old', 'web', 'tab');
    open('new', 'web', 'tab');
    expect(alive()).toEqual(['new']);
    expect(ends).toEqual({ old: 'REPLACED' });
    expect(JSON.parse(events['old']![0]!)).toMatchObject({ e: 'session.ended', d: { reason: 'replaced', by: { instance: 'tab', platform: 'web' } } });
  }); // prettier-ignore
});

describe('resuming', () => {
  it('takes over a session that hangs, without a word to it', () => {
    const { registry, open, alive, ends, events } = world();
    open('s', 'web', 'tab');
    expect(registry.mayResume('s', 'a', 'u', 'tab')).toBe(true);
    open('s', 'web', 'tab');
    expect(alive()).toEqual(['s']);
    expect(ends).toEqual({ s: 'HEARTBEAT_MISSED' });
    expect(events).toEqual({});
  });

  it('is for the same app, user and instance, and for a while', () => {
    const { registry, open, pass } = world();
    registry.detach(open('s', 'web', 'tab'));
    expect(registry.mayResume('s', 'a', 'u', 'tab')).toBe(true);
    expect(registry.mayResume('s', 'b', 'u', 'tab')).toBe(false);
    expect(registry.mayResume('s', 'a', 'v', 'tab')).toBe(false);
    expect(registry.mayResume('s', 'a', 'u', 'other')).toBe(false);
    pass(5 * 60_000);
    expect(registry.mayResume('s', 'a', 'u', 'tab')).toBe(false);
  });

  it('is over once the operator ended it', () => {
    const { registry, open } = world();
    registry.detach(open('s', 'web', 'tab'));
    registry.kickUser('a', 'u', 'byAdmin');
    expect(registry.mayResume('s', 'a', 'u', 'tab')).toBe(false);
  });
});

it('a session ends with its token, after a little grace', () => {
  const { registry, open, ends, pass } = world();
  open('s', 'web', 's', 1_000_000 + 100);
  open('t', 'web', 't');
  pass(5_099);
  registry.sweep();
  expect(ends).toEqual({});
  pass(1);
  registry.sweep();
  expect(ends).toEqual({ s: 'EXPIRED' });
  expect(registry.count).toBe(1);
});
