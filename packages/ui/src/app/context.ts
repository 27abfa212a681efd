import type { Client } from '@magpie/client';
import { inject, onScopeDispose, provide, type InjectionKey } from 'vue';
import { createToasts, type Toasts } from '../base/toasts.ts';
import { createDrafts, type Drafts, type TextStorage } from '../composer/drafts.ts';
import { createLocalMedia, type LocalMedia } from '../message/local-media.ts';
import { createPeople, type People } from '../person/people.ts';

/** What the components of one logged-in user share. */
export interface ChatContext {
  readonly client: Client;
  readonly me: string;
  readonly people: People;
  readonly drafts: Drafts;
  readonly media: LocalMedia;
  readonly toasts: Toasts;
}

const key: InjectionKey<ChatContext> = Symbol('chat');

export interface ProvideOptions {
  /** Of an open session. */
  readonly client: Client;
  readonly storage: TextStorage;
}

/** Gives the components below this one a client whose session is open. */
export function provideChat({ client, storage }: ProvideOptions): ChatContext {
  const me = client.session.userId ?? '';
  const people = createPeople(client);
  const media = createLocalMedia();
  const context: ChatContext = {
    client,
    me,
    people,
    media,
    drafts: createDrafts(storage, me),
    toasts: createToasts(),
  };
  provide(key, context);
  onScopeDispose(() => {
    people.close();
    media.close();
  });
  return context;
}

export function useChat(): ChatContext {
  const context = inject(key);
  if (!context) throw new Error('No chat here: call provideChat in a component above.');
  return context;
}
