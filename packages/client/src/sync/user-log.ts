import { type EventEnvelope, type EventPayload } from '@magpie/protocol';
import type { ConversationBook, OwnFields } from '../conversations/book.ts';
import type { Turn } from '../core/turn.ts';
import type { LocalStore } from '../store/local-store.ts';
import type { Intake } from './intake.ts';

export interface UserLogNeeds {
  readonly store: LocalStore;
  readonly book: ConversationBook;
  readonly intake: Intake;
  readonly turn: Turn;
}

/** Applies the user's own log. */
export class UserLog {
  readonly #needs: UserLogNeeds;
  /** Deletions this device asked for, as `conv ids upTo`: their event says `here`. */
  readonly #mine = new Set<string>();

  constructor(needs: UserLogNeeds) {
    this.#needs = needs;
  }

  expectDeletion(key: string, ids: readonly string[], upTo: number | undefined): void {
    this.#mine.add(deletion(key, ids, upTo));
  }

  /** `old`: from before this login; the rows read after it hold its effects already, only what apps must hear of is told. */
  apply(event: EventEnvelope, old: boolean): void {
    switch (event.e) {
      case 'conversation.updated':
        if (!old) this.#row(event.d as EventPayload<'conversation.updated'>);
        return;
      case 'message.deleted':
        if (!old) this.#deleted(event.d as EventPayload<'message.deleted'>);
        return;
      case 'user.updated':
        if (!old) this.#profile(event.d as EventPayload<'user.updated'>);
        return;
      case 'contact.blockChanged': {
        const { added, removed } = event.d as EventPayload<'contact.blockChanged'>;
        return this.#needs.turn.change('blocked', { added, removed });
      }
      case 'group.mine':
        return this.#needs.intake.mine(event.d as EventPayload<'group.mine'>);
      default: // an event of a newer server
    }
  }

  #row(d: EventPayload<'conversation.updated'>): void {
    const { book } = this.#needs;
    if (d.readSeq !== undefined) book.read(d.conv, d.readSeq, d.unread);
    if (d.clearedSeq !== undefined) this.#needs.intake.cleared(d.conv, d.clearedSeq);
    const fields: OwnFields = {
      ...(d.reportedSeq === undefined ? {} : { reportedSeq: d.reportedSeq }),
      ...(d.pinnedAt === undefined ? {} : { pinnedAt: d.pinnedAt }),
      ...(d.notify === undefined ? {} : { notify: d.notify }),
      ...(d.hiddenSeq === undefined ? {} : { hiddenSeq: d.hiddenSeq }),
      ...(d.clearedSeq === undefined ? {} : { clearedSeq: d.clearedSeq }),
    };
    if (Object.keys(fields).length > 0) book.own(d.conv, fields, d.change);
  }

  #deleted(d: EventPayload<'message.deleted'>): void {
    const here = this.#mine.delete(deletion(d.conv, d.ids ?? [], d.upTo));
    this.#needs.intake.deleted(d, here);
  }

  #profile(d: EventPayload<'user.updated'>): void {
    this.#needs.store.profile = d.user;
    const { id, name, avatar } = d.user;
    this.#needs.store.people.merge({
      [id]: { ...(name === undefined ? {} : { name }), ...(avatar === undefined ? {} : { avatar }) },
    });
    this.#needs.turn.change('profile', { profile: d.user });
  }
}

function deletion(key: string, ids: readonly string[], upTo: number | undefined): string {
  return `${key} ${[...ids].sort().join(',')} ${upTo ?? ''}`;
}
