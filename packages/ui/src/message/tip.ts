import type { ContentOf } from '@magpie/protocol';
import type { Translate } from '../app/translate.ts';
import { oneLine, plainName } from '../format/text.ts';

export interface TipContext {
  readonly t: Translate;
  readonly me: string;
  readonly nameOf: (id: string) => string;
}

type Tip = ContentOf<'tip'>;
const MOST_NAMES = 5;

function who(id: string, { t, me, nameOf }: TipContext): string {
  return id === me ? t('tip.you') : t('tip.name', { name: nameOf(id) });
}

function everyone(ids: readonly string[], context: TipContext): string {
  const names = ids.slice(0, MOST_NAMES).map((id) => who(id, context));
  const joined = names.join(context.t('tip.separator'));
  return ids.length > names.length
    ? context.t('tip.andMore', { names: joined, n: ids.length - names.length })
    : joined;
}

function profileTip(tip: Tip, actor: string, t: Translate): string {
  const { name, announcement } = tip.after ?? {};
  if (typeof name === 'string') return t('tip.renamed', { actor, name: plainName(name) });
  if (typeof announcement === 'string') return t('tip.announced', { actor, text: oneLine(announcement) });
  return t('tip.profileChanged', { actor });
}

function roleTip(tip: Tip, actor: string, targets: string, t: Translate): string {
  const admin = Object.values(tip.after ?? {}).includes('admin');
  return t(admin ? 'tip.madeAdmin' : 'tip.madeMember', { actor, targets });
}

/** What happened to a group, told to this reader. Changes of a newer server read as a change of the group. */
export function tipText(tip: Tip, context: TipContext): string {
  const { t } = context;
  const actor = who(tip.actor, context);
  const targets = everyone(tip.targets ?? [], context);
  switch (tip.change) {
    case 'created':
    case 'joined':
    case 'left':
    case 'dismissed':
      return t(`tip.${tip.change}`, { actor });
    case 'invited':
    case 'kicked':
    case 'ownerChanged':
      return t(`tip.${tip.change}`, { actor, targets });
    case 'roleChanged':
      return roleTip(tip, actor, targets, t);
    case 'profileChanged':
      return profileTip(tip, actor, t);
    default:
      return t('tip.changed', { actor });
  }
}
