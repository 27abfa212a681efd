import type { Draft } from '@magpie/client';
import { useChat } from '../app/context.ts';
import { draftOf, type Attachment } from './attachments.ts';

export interface Sending {
  text(text: string): void;
  files(attachments: readonly Attachment[]): Promise<void>;
}

/** Puts messages into the outbox; how they fare stands at the messages themselves. */
export function useSend(ref: string, memberCount: () => number | undefined): Sending {
  const { client, media } = useChat();

  /** In groups the sender asks who has read, as far as the app lets them. */
  function receipt(): boolean {
    const most = client.session.settings?.receiptsGroupMax ?? 0;
    return ref.startsWith('g:') && (memberCount() ?? 0) <= most;
  }

  function send(draft: Draft, signal?: AbortSignal): void {
    client.messages.send(draft, signal ? { signal } : {}).catch(() => undefined);
  }

  return {
    text(text) {
      send({ ref, content: { type: 'text', text }, ...(receipt() ? { receipt: true } : {}) });
    },
    async files(attachments) {
      for (const attachment of attachments) {
        const draft = await draftOf(client, ref, attachment, receipt());
        const stopper = new AbortController();
        if (draft.clientId !== undefined) {
          media.uploads.set(draft.clientId, stopper);
          if (attachment.use !== 'file') media.keep(draft.clientId, attachment.file);
        }
        send(draft, stopper.signal);
      }
    },
  };
}
