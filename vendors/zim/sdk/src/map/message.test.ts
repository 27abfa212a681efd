import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClientMessage, ConversationView } from '@magpie/client';
import { ZIMConnectionEvent as E, ZIMConnectionState as S } from '../enums/general.ts';
import { connectionChange } from './connection.ts';
import { conversationTo } from './conversation.ts';
import { conversationOf, refOf } from './conversation-ref.ts';
import { checkOptions, optionsFrom } from './draft.ts';
import { joinModeFrom, joinModeTo, roleFrom, roleTo } from './group.ts';
import { clientIdOf, localIdOf, messagesTo, messageTo, priorityFrom, type Reader } from './message.ts';

const reader: Reader = {
  me: 'alice',
  instance: 'I1',
  fileUrl: ({ url }) => url ?? '',
  person: (id) => ({ name: `name of ${id}` }),
  reported: () => ({ mine: 3, peer: 5 }),
  drawsTips: (ref) => ref === 'g:circle',
};

function message(fields: Partial<ClientMessage> = {}): ClientMessage {
  return {
    id: '10000000004',
    conv: 'd:alice bob',
    ref: 'u:bob',
    seq: 4,
    from: 'bob',
    mine: false,
    time: 1_700_000_000_000,
    clientId: 'tim:1-2',
    content: { type: 'text', text: 'hello' },
    status: 'sent',
    stored: true,
    ...fields,
  };
}

function view(fields: Partial<ConversationView> = {}): ConversationView {
  return {
    conv: 'd:alice bob',
    ref: 'u:bob',
    kind: 'direct',
    peer: 'bob',
    lastSeq: 4,
    changeSeq: 0,
    activeAt: 1_700_000_000_000,
    readSeq: 3,
    reportedSeq: 0,
    unread: 1,
    heads: {},
    historyFrom: 1,
    lastEntry: message(),
    lastContent: message(),
    ...fields,
  };
}

describe('messageTo', () => {
  it('fills every field a received text has', () => {
    expect(messageTo(message(), reader)).toEqual({
      type: 1,
      message: 'hello',
      messageID: '10000000004',
      messageSeq: 4,
      senderUserID: 'bob',
      conversationID: 'bob',
      conversationType: 0,
      direction: 1,
      sentStatus: 1,
      timestamp: 1_700_000_000_000,
      orderKey: 4,
      isUserInserted: false,
      receiptStatus: 0,
      extendedData: '',
      localExtendedData: '',
      reactions: [],
      isBroadcastMessage: false,
      mentionedUserIDs: [],
      isMentionAll: false,
      rootRepliedCount: 0,
      isServerMessage: false,
      editorUserID: '',
      editedTime: 0,
      isGroupTargetedMessage: false,
    });
  });

  it('gives back the local id of this instance’s own sends, of no other’s', () => {
    const own = { mine: true, from: 'alice' };
    expect(messageTo(message({ ...own, clientId: 'zim:I1:1234' }), reader)?.localMessageID).toBe('1234');
    expect(messageTo(message({ ...own, clientId: 'zim:I2:1234' }), reader)).not.toHaveProperty(
      'localMessageID',
    );
    expect(messageTo(message({ clientId: 'zim:I1:1234' }), reader)).not.toHaveProperty('localMessageID');
  });

  it('keeps clientIds within 64 characters, and readable again', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[\x21-\x7e]{1,64}$/),
        fc.bigInt({ min: 1n, max: 9_999_999_999_999_999n }),
        (instance, local) => {
          const id = clientIdOf(instance, String(local));
          expect(id.length).toBeLessThanOrEqual(64);
          expect(localIdOf(id, instance)).toBe(String(local));
        },
      ),
    );
  });

  it('shows a revoked message as type 31 in its old place', () => {
    const revoked = message({
      content: { type: 'revoked', original: { type: 'text', text: 'hello' } },
      revoked: { by: 'bob', at: 1_700_000_009_000, role: 'owner' },
    });
    expect(messageTo(revoked, reader, 'oops')).toMatchObject({
      type: 31,
      messageID: '10000000004',
      orderKey: 4,
      revokeType: 0,
      revokeTimestamp: 1_700_000_009_000,
      operatedUserID: 'bob',
      originalMessageType: 1,
      originalTextMessageContent: 'hello',
      revokeExtendedData: 'oops',
      revokeStatus: 4,
    });
  });

  it('says of asked receipts what the two sides have reported', () => {
    const status = (fields: Partial<ClientMessage>) =>
      messageTo(message({ receipt: true, ...fields }), reader)?.receiptStatus;
    expect(status({ seq: 3 })).toBe(2);
    expect(status({ seq: 4 })).toBe(1);
    expect(status({ seq: 5, mine: true })).toBe(2);
    expect(status({ seq: 6, mine: true })).toBe(1);
  });

  it('orders what is not stored by its time', () => {
    const { seq: _, ...unstored } = message({ stored: false, content: { type: 'command', data: 'AQI=' } });
    expect(messageTo(unstored, reader)).toMatchObject({
      type: 2,
      orderKey: 1_700_000_000_000,
      messageSeq: 0,
      message: Uint8Array.of(1, 2),
    });
  });

  it('tells tips to ZIM’s own kind of group, hides them elsewhere', () => {
    const tip = message({
      ref: 'g:circle',
      conv: 'g:circle',
      content: { type: 'tip', change: 'profileChanged', actor: 'bob', after: { name: 'N' } },
    });
    expect(messageTo(tip, reader)).toMatchObject({ type: 32, event: 7, operatedUser: { userID: 'bob' }, changeInfo: { type: 3, groupDataFlag: 1, groupName: 'N' } }); // prettier-ignore
    expect(messagesTo([{ ...tip, ref: 'g:other' }, message()], reader)).toHaveLength(1);
  });
});

describe('conversationTo', () => {
  it('fills every field of a peer conversation', () => {
    expect(conversationTo(view(), reader)).toMatchObject({
      conversationID: 'bob',
      type: 0,
      conversationName: 'name of bob',
      conversationAvatarUrl: '',
      conversationAlias: '',
      notificationStatus: 1,
      unreadMessageCount: 1,
      readMessageSeq: 3,
      lastMessage: { messageID: '10000000004' },
      orderKey: 1_700_000_000_000,
      isPinned: false,
      pinnedTime: 0,
      mentionedInfoList: [],
      draft: '',
      marks: [],
    });
  });

  it('adds what groups have, and says when one is over', () => {
    const group = { id: 'g', kind: 'circle', name: 'G', memberCount: 2 } as const;
    const shown = conversationTo(
      view({ conv: 'g:g', ref: 'g:g', kind: 'group', group, state: 'dismissed' }),
      reader,
    );
    expect(shown).toMatchObject({
      conversationID: 'g',
      type: 2,
      conversationName: 'G',
      isDisabled: true,
      mutedExpiredTime: 0,
    });
  });

  it('does not list rooms, topics, or what holds nothing ZIM shows', () => {
    expect(conversationTo(view({ ref: 'r:1', kind: 'room' }), reader)).toBeUndefined();
    const { lastContent: _, ...empty } = view({ conv: 'g:g', ref: 'g:g', kind: 'group' });
    expect(conversationTo(empty, reader)).toBeUndefined();
    expect(conversationTo({ ...empty, pinnedAt: 5 }, reader)).toMatchObject({
      isPinned: true,
      pinnedTime: 5,
    });
  });

  it('names the kind of each mention', () => {
    const mentioned = [
      { id: '1', seq: 1, from: 'bob', me: true, all: false },
      { id: '2', seq: 2, from: 'bob', me: false, all: true },
      { id: '3', seq: 3, from: 'bob', me: true, all: true },
    ];
    expect(conversationTo(view({ mentioned }), reader)?.mentionedInfoList.map(({ type }) => type)).toEqual([
      1, 2, 3,
    ]);
  });
});

describe('small maps', () => {
  it('go both ways', () => {
    for (const rule of ['open', 'approve', 'closed'] as const)
      expect(joinModeFrom(joinModeTo(rule))).toBe(rule);
    for (const role of ['admin', 'member'] as const) expect(roleFrom(roleTo(role))).toBe(role);
    expect(roleFrom(roleTo('owner'))).toBeUndefined();
    for (const ref of ['u:bob', 'g:1']) {
      const where = conversationOf(ref);
      expect(refOf(where?.conversationID, where?.conversationType)).toBe(ref);
    }
    expect([1, 2, 3, 4, undefined].map(priorityFrom)).toEqual([
      'low',
      'normal',
      'high',
      undefined,
      undefined,
    ]);
  });

  it('refuse conversations of unknown kinds, and rooms by name', () => {
    expect(() => refOf('', 0)).toThrow(expect.objectContaining({ code: 6000001 }));
    expect(() => refOf('x', 9)).toThrow(expect.objectContaining({ code: 6000001 }));
    expect(() => refOf('x', 1)).toThrow(expect.objectContaining({ code: 6000013 }));
  });
});

describe('options of a send', () => {
  it('are low, unpushed and refused by a block unless told otherwise', () => {
    expect(optionsFrom({ type: 1 }, {})).toEqual({
      priority: 'low',
      onBlocked: 'refuse',
      push: { off: true },
    });
  });

  it('carry what the app asks for', () => {
    const message = { type: 1 as const, extendedData: 'x', mentionedUserIDs: ['b', 'b'], isMentionAll: true };
    const pushConfig = {
      title: 't',
      content: 'c',
      payload: 'p',
      resourcesID: '',
      threadID: '',
      enableBadge: false,
      badgeIncrement: 0,
    };
    expect(
      optionsFrom(message, { priority: 3, hasReceipt: true, disableUnreadMessageCount: true, pushConfig }),
    ).toEqual({
      extra: 'x',
      mentions: { users: ['b'], all: true },
      priority: 'high',
      receipt: true,
      counts: false,
      onBlocked: 'refuse',
      push: { title: 't', body: 'c', payload: 'p' },
    });
  });

  it('never store a command', () => {
    expect(optionsFrom({ type: 2 }, { hasReceipt: true })).toMatchObject({ store: false });
    expect(optionsFrom({ type: 2 }, { hasReceipt: true })).not.toHaveProperty('receipt');
  });

  it('are refused where the vendor’s SDK refuses', () => {
    const bad = expect.objectContaining({ code: 6000001 }) as Error;
    expect(() => checkOptions({ type: 1, extendedData: '字'.repeat(342) }, {})).toThrow(bad);
    expect(() => checkOptions({ type: 1, mentionedUserIDs: Array.from({ length: 51 }, String) }, {})).toThrow(
      bad,
    );
    expect(() => checkOptions({ type: 1 }, { priority: 9 as 1 })).toThrow(bad);
  });
});

describe('connection states', () => {
  it('follow the vendor’s matrix', () => {
    expect(connectionChange(S.Disconnected, 'login')).toEqual({ state: 1, event: 1 });
    expect(connectionChange(S.Connecting, 'accepted')).toEqual({ state: 2, event: 0 });
    expect(connectionChange(S.Connecting, 'timedOut')).toEqual({ state: 0, event: 2 });
    expect(connectionChange(S.Connected, 'lost')).toEqual({ state: 3, event: 3 });
    expect(connectionChange(S.Reconnecting, 'accepted')).toEqual({ state: 2, event: 0 });
    expect(connectionChange(S.Connected, 'logout')).toEqual({ state: 0, event: 0 });
    expect(connectionChange(S.Connected, { kicked: 'replaced' })).toEqual({ state: 0, event: E.KickedOut });
    expect(connectionChange(S.Connected, { kicked: 'expired' })).toEqual({ state: 0, event: E.TokenExpired });
    expect(connectionChange(S.Reconnecting, { kicked: 'accountDeleted' })).toEqual({
      state: 0,
      event: E.Unregistered,
    });
  });

  it('are not told twice', () => {
    expect(connectionChange(S.Connected, 'accepted')).toBeUndefined();
    expect(connectionChange(S.Reconnecting, 'lost')).toBeUndefined();
    expect(connectionChange(S.Connecting, 'lost')).toBeUndefined();
    expect(connectionChange(S.Disconnected, 'logout')).toBeUndefined();
  });
});
