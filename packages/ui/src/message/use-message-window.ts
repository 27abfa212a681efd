import type { Client, MessageWindow } from '@magpie/client';
import { onScopeDispose, shallowRef, type ShallowRef } from 'vue';

/** What a window shows at one moment. */
export type WindowState = Pick<MessageWindow, 'messages' | 'hasOlder' | 'hasNewer' | 'loading' | 'error'>;

function stateOf({ messages, hasOlder, hasNewer, loading, error }: MessageWindow): WindowState {
  return { messages, hasOlder, hasNewer, loading, error };
}

/** A live stretch of a conversation, for as long as the component lives. */
export function useMessageWindow(
  client: Client,
  ref: string,
): { readonly window: MessageWindow; readonly state: Readonly<ShallowRef<WindowState>> } {
  const window = client.messages.window(ref, { limit: 40 });
  const state = shallowRef(stateOf(window));
  window.onChange((changed) => (state.value = stateOf(changed)));
  // What could not be had while the network was away is asked for again when it is back.
  const stop = client.on('ready', () => {
    if (window.error && window.messages.length === 0) void window.jumpTo('newest').catch(() => undefined);
  });
  onScopeDispose(() => {
    stop();
    window.close();
  });
  return { window, state };
}
