import type { Client, ClientMessage } from '@magpie/client';
import type { ReceiptCount } from '@magpie/protocol';
import { onScopeDispose, shallowRef, watch, type Ref, type ShallowRef } from 'vue';
import type { WindowState } from './use-message-window.ts';

export type ReceiptCounts = ReadonlyMap<string, ReceiptCount>;

const MOST_AT_ONCE = 100;

/** How many have read my messages of a group, as far as they asked for it. */
export function useReceipts(
  client: Client,
  ref: string,
  state: Readonly<Ref<WindowState>>,
): Readonly<ShallowRef<ReceiptCounts>> {
  const counts = shallowRef<ReceiptCounts>(new Map());
  const asked = new Set<string>();

  function merge(receipts: readonly ReceiptCount[]): void {
    if (receipts.length === 0) return;
    counts.value = new Map([...counts.value, ...receipts.map((one) => [one.id, one] as const)]);
  }

  function wanted({ mine, receipt, seq, revoked, id }: ClientMessage): boolean {
    return mine && receipt === true && seq !== undefined && revoked === undefined && !asked.has(id);
  }

  async function ask(messages: readonly ClientMessage[]): Promise<void> {
    const ids = messages
      .filter(wanted)
      .map(({ id }) => id)
      .slice(-MOST_AT_ONCE);
    if (ids.length === 0) return;
    for (const id of ids) asked.add(id);
    try {
      merge(await client.receipts.list(ids));
    } catch {
      for (const id of ids) asked.delete(id);
    }
  }

  const stop = client.on('receipt', (told) => {
    if (told.ref === ref) merge(told.receipts);
  });
  if (ref.startsWith('g:')) watch(state, ({ messages }) => void ask(messages), { immediate: true });
  onScopeDispose(stop);
  return counts;
}
