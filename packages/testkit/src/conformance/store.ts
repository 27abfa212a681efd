import { afterAll, beforeAll, describe } from 'vitest';
import { appendConformance } from './store-append.ts';
import { laneConformance } from './store-lanes.ts';
import { listConformance } from './store-lists.ts';
import { messageConformance } from './store-messages.ts';
import { eraseConformance } from './store-erase.ts';
import { outboxConformance } from './store-outbox.ts';
import { participantConformance } from './store-participants.ts';
import { presenceConformance } from './store-presence.ts';
import { recordConformance } from './store-records.ts';
import { retentionConformance } from './store-retention.ts';
import { roomConformance } from './store-rooms.ts';
import { timerConformance } from './store-timers.ts';
import { unitConformance } from './store-units.ts';
import { unreadConformance } from './store-unread.ts';
import { upkeepConformance } from './store-upkeep.ts';
import { wordConformance } from './store-words.ts';
import type { StoreUnderTest } from './store-world.ts';

export type { StoreUnderTest } from './store-world.ts';

/** What every store must do, one list for all drivers. A driver is finished when this passes on the real thing. */
export function runStoreConformance(name: string, setup: () => Promise<StoreUnderTest>): void {
  describe(`${name}: store conformance`, () => {
    let subject: StoreUnderTest | undefined;
    const get = (): StoreUnderTest => {
      if (!subject) throw new Error('the store is not set up');
      return subject;
    };
    beforeAll(async () => {
      const made = await setup();
      const { reopen } = made;
      // Tests after a reopening go on with the store it made.
      subject = reopen
        ? {
            ...made,
            reopen: async () => {
              const store = await reopen();
              subject = { ...get(), store };
              return store;
            },
          }
        : made;
    });
    afterAll(() => subject?.teardown());

    describe('append', () => appendConformance(get));
    describe('units', () => unitConformance(get));
    describe('participants', () => participantConformance(get));
    describe('messages', () => messageConformance(get));
    describe('unread', () => unreadConformance(get));
    describe('lists', () => listConformance(get));
    describe('records', () => recordConformance(get));
    describe('rooms', () => roomConformance(get));
    describe('presence', () => presenceConformance(get));
    describe('timers', () => timerConformance(get));
    describe('outbox', () => outboxConformance(get));
    describe('lanes', () => laneConformance(get));
    describe('words', () => wordConformance(get));
    describe('upkeep', () => upkeepConformance(get));
    describe('retention', () => retentionConformance(get));
    describe('erasure and audit', () => eraseConformance(get));
  });
}
