import { onScopeDispose, shallowRef, type ShallowRef } from 'vue';
import { useI18n } from 'vue-i18n';
import { useChat } from '../app/context.ts';
import { bytes } from '../format/bytes.ts';
import { plainName } from '../format/text.ts';
import { largest, useOf, type Attachment } from './attachments.ts';

export interface Attachments {
  readonly list: Readonly<ShallowRef<readonly Attachment[]>>;
  /** `asFile`: pictures too go as they are. */
  add(files: Iterable<File>, asFile?: boolean): void;
  remove(id: number): void;
  /** Hands over what was chosen and is empty then. */
  take(): readonly Attachment[];
}

const MOST = 20;

/** Files chosen, pasted or dropped, not yet sent. */
export function useAttachments(): Attachments {
  const { t } = useI18n();
  const { client, toasts } = useChat();
  const list = shallowRef<readonly Attachment[]>([]);
  let last = 0;

  function accept(file: File, asFile: boolean): Attachment | undefined {
    const use = useOf(file.type, asFile);
    const most = largest(use, client.session.settings);
    if (file.size === 0) {
      toasts.show(t('composer.emptyFile', { name: plainName(file.name) }), 'error');
      return undefined;
    }
    if (most > 0 && file.size > most) {
      toasts.show(t('composer.tooLarge', { name: plainName(file.name), most: bytes(most) }), 'error');
      return undefined;
    }
    const preview = use === 'image' ? URL.createObjectURL(file) : undefined;
    return { id: ++last, file, use, preview };
  }

  function drop(attachments: readonly Attachment[]): void {
    for (const { preview } of attachments) if (preview !== undefined) URL.revokeObjectURL(preview);
  }

  onScopeDispose(() => drop(list.value));
  return {
    list,
    add(files, asFile = false) {
      const chosen = [...files];
      const room = MOST - list.value.length;
      if (chosen.length > room) toasts.show(t('composer.tooMany', { most: MOST }), 'error');
      const accepted = chosen.slice(0, room).flatMap((file) => accept(file, asFile) ?? []);
      list.value = [...list.value, ...accepted];
    },
    remove(id) {
      drop(list.value.filter((one) => one.id === id));
      list.value = list.value.filter((one) => one.id !== id);
    },
    take() {
      const taken = list.value;
      list.value = [];
      drop(taken);
      return taken;
    },
  };
}
