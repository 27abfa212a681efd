import type { ClientEvents } from '@magpie/client';
import { ZIMConversationEvent } from './enums/conversation.ts';
import type { Context } from './context.ts';
import { conversationTo } from './map/conversation.ts';
import type {
  ZIMConversation,
  ZIMConversationChangeInfo,
  ZIMGroupConversation,
} from './types/conversation.ts';

/** What the app was last told of each conversation, as text: to tell news from what ZIM does not show. */
interface Known {
  readonly text: string;
  readonly conversation: ZIMConversation;
}

export interface ConversationEvents {
  tell(change: ClientEvents['conversations']): void;
  forget(): void;
}

function isDisabled(conversation: ZIMConversation | undefined): boolean {
  return (conversation as ZIMGroupConversation | undefined)?.isDisabled === true;
}

export function createConversationEvents(ctx: Context): ConversationEvents {
  const known = new Map<string, Known>();

  const eventOf = (ref: string, conversation: ZIMConversation): ZIMConversationEvent => {
    const before = known.get(ref);
    if (before === undefined) return ZIMConversationEvent.Added;
    const disabledNow = isDisabled(conversation) && !isDisabled(before.conversation);
    return disabledNow ? ZIMConversationEvent.Disabled : ZIMConversationEvent.Updated;
  };

  const removed = (ref: string): ZIMConversationChangeInfo[] => {
    const before = known.get(ref);
    known.delete(ref);
    return before ? [{ event: ZIMConversationEvent.Deleted, conversation: before.conversation }] : [];
  };

  const changed = (view: ClientEvents['conversations']['changed'][number]): ZIMConversationChangeInfo[] => {
    const conversation = conversationTo(view, ctx.reader);
    if (conversation === undefined) return removed(view.ref);
    const text = JSON.stringify(conversation);
    const event = eventOf(view.ref, conversation);
    if (known.get(view.ref)?.text === text) return [];
    known.set(view.ref, { text, conversation });
    return [{ event, conversation }];
  };

  return {
    tell: (change) => {
      const infoList = [...change.changed.flatMap(changed), ...change.removed.flatMap(removed)];
      if (infoList.length > 0) ctx.events.emit('conversationChanged', { infoList });
    },
    forget: () => known.clear(),
  };
}
