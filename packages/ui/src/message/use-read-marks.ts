import type { Client, ConversationView } from '@magpie/client';
import { onScopeDispose, watch, type Ref } from 'vue';
import type { WindowState } from './use-message-window.ts';

export interface ReadMarksNeeds {
  readonly client: Client;
  readonly ref: string;
  readonly view: Readonly<Ref<ConversationView | undefined>>;
  readonly state: Readonly<Ref<WindowState>>;
  /** The newest message is in sight. */
  readonly atEnd: Readonly<Ref<boolean>>;
}

const MOST_RECEIPTS = 100;

/** Tells the server what was seen: only what ends in sight of somebody who is looking. */
export function useReadMarks({ client, ref, view, state, atEnd }: ReadMarksNeeds): void {
  let busy = false;
  /** What was read before this window opened was receipted then. */
  const openedAt = view.value?.readSeq ?? 0;
  const receipted = new Set<string>();

  function newestSeq(): number {
    return state.value.messages.reduce((newest, { seq = 0 }) => Math.max(newest, seq), 0);
  }

  function lookedAt(): boolean {
    return document.visibilityState === 'visible' && document.hasFocus();
  }

  async function report(): Promise<void> {
    if (busy || !lookedAt() || !atEnd.value || state.value.hasNewer || client.session.state !== 'online')
      return;
    // Until the messages are drawn nothing was seen.
    if (state.value.loading === 'first' || state.value.error) return;
    const upTo = newestSeq();
    const seen = view.value;
    const ids = unreceipted();
    const read = !seen || (seen.unread === 0 && seen.reportedSeq >= upTo);
    if (read && ids.length === 0) return;
    busy = true;
    try {
      if (ids.length > 0) await sendReceipts(ids);
      if (!read) await client.conversations.read(ref, { upTo });
    } catch {
      // The next message, focus or reconnect tries again.
    } finally {
      busy = false;
    }
    if (newestSeq() > upTo) void report();
  }

  /** Groups: single messages whose senders asked. */
  function unreceipted(): readonly string[] {
    if (!ref.startsWith('g:')) return [];
    return state.value.messages
      .filter(
        (one) => !one.mine && one.receipt === true && (one.seq ?? 0) > openedAt && !receipted.has(one.id),
      )
      .map(({ id }) => id)
      .slice(-MOST_RECEIPTS);
  }

  async function sendReceipts(ids: readonly string[]): Promise<void> {
    await client.receipts.send(ref, ids);
    for (const id of ids) receipted.add(id);
  }

  const look = (): void => void report();
  const stop = client.on('ready', look);
  document.addEventListener('visibilitychange', look);
  addEventListener('focus', look);
  watch([view, state, atEnd], look, { immediate: true });
  onScopeDispose(() => {
    stop();
    document.removeEventListener('visibilitychange', look);
    removeEventListener('focus', look);
  });
}
