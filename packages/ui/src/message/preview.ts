import type { Content, Message } from '@magpie/protocol';
import { oneLine, plainName } from '../format/text.ts';
import { tipText, type TipContext } from './tip.ts';

export type PreviewContext = TipContext;

/** One line that stands for a content, of whatever type: lists, notices to screen readers, copies. */
export function contentPreview(content: Content, context: PreviewContext): string {
  const { t } = context;
  switch (content.type) {
    case 'text':
      return oneLine(content.text);
    case 'image':
    case 'audio':
    case 'video':
      return t(`preview.${content.type}`);
    case 'file':
      return t('preview.file', { name: plainName(content.file.name ?? '', 60) }).trim();
    case 'location':
      return t('preview.location', { place: oneLine(content.place ?? content.address, 60) }).trim();
    case 'face':
      return t('preview.face');
    case 'custom':
      return t('preview.custom', { text: oneLine(content.description ?? content.name ?? '', 60) }).trim();
    case 'multi':
      return oneLine(content.items.map((item) => contentPreview(item, context)).join(' '));
    case 'tip':
      return tipText(content, context);
    case 'revoked':
    case 'command':
    case 'typing':
      return '';
    default:
      return t('preview.unsupported');
  }
}

export function revokedText(message: Message, { t, me, nameOf }: PreviewContext): string {
  const by = message.revoked?.by ?? message.from;
  if (by === me) return t('message.revokedByMe');
  return t('message.revokedBy', { name: nameOf(by) });
}

/** The last line of a conversation, with who said it where that is not plain. */
export function messagePreview(message: Message, context: PreviewContext, inGroup: boolean): string {
  if (message.revoked || message.content.type === 'revoked') return revokedText(message, context);
  const text = contentPreview(message.content, context);
  if (message.content.type === 'tip' || !inGroup || message.from === context.me) return text;
  return context.t('preview.from', { name: context.nameOf(message.from), text });
}
