import type { Message } from '@magpie/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  countsUnread,
  unreadOf,
  withEntry,
  withRead,
  withRevoked,
  type UnreadRules,
  type UnreadState,
} from './unread.ts';

const ME = 'me';

interface Kind {
  readonly from: string;
  readonly counts: boolean;
  readonly targeted: boolean;
  readonly type: 'text' | 'tip' | 'command';
}

function message(seq: number, kind: Kind): Message {
  const content = kind.type === 'text' ? { type: 'text' as const, text: '' } : kind.type === 'tip' ? { type: 'tip' as const, change: 'joined', actor: 'x' } : { type: 'command' as const }; // prettier-ignore
  return {
    id: String(seq), conv: 'g:1', seq, from: kind.from, time: seq, clientId: `c${seq}`, content,
    ...(kind.counts ? {} : { counts: false as const }), ...(kind.targeted ? { audience: [ME] } : {}),
  }; // prettier-ignore
}

const kind = fc.record({
  from: fc.constantFrom(ME, 'bob', 'eve'),
  counts: fc.boolean(),
  targeted: fc.boolean(),
  type: fc.constantFrom('text' as const, 'text' as const, 'tip' as const, 'command' as const),
});
const act = fc.oneof(
  fc.record({ do: fc.constant('entry' as const), kind }),
  fc.record({ do: fc.constant('revoke' as const), nth: fc.nat(40) }),
  fc.record({ do: fc.constant('read' as const), to: fc.nat(40) }),
  fc.record({ do: fc.constant('snapshot' as const) }),
);

test('the derived number is the recount, whatever happens in whatever order', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), fc.nat(5), (acts, historyFrom) => {
      const log: Message[] = [];
      let change = 0;
      let rules: UnreadRules = { me: ME, readSeq: 0, historyFrom, discard: false };
      let state: UnreadState = { base: 0, asOf: 0, asOfChange: 0, live: [] };
      const recount = (): number => log.filter((one) => countsUnread(one, rules)).length;
      for (const action of acts) {
        if (action.do === 'entry') {
          const one = message(log.length + 1, action.kind);
          log.push(one);
          state = withEntry(state, one, rules);
        } else if (action.do === 'revoke') {
          const old = log[action.nth];
          if (!old || old.revoked) continue;
          const revoked: Message = {
            ...old,
            content: { type: 'revoked', original: { type: old.content.type } },
            revoked: { by: old.from, at: 1, role: 'sender' },
          };
          const counted = old.counts !== false && old.audience === undefined && old.content.type === 'text';
          log[action.nth] = revoked;
          state = withRevoked(state, revoked, ++change, counted, rules);
        } else if (action.do === 'read') {
          const to = Math.min(log.length, action.to);
          if (to <= rules.readSeq) continue;
          rules = { ...rules, readSeq: to };
          state = withRead(state, to, recount()).state;
        } else {
          state = { base: recount(), asOf: log.length, asOfChange: change, live: [] };
        }
        expect(unreadOf(state)).toBe(recount());
      }
    }),
    { numRuns: 500 },
  );
});
