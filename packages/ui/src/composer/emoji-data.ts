import Database from 'emoji-picker-element/database';
import type { NativeEmoji } from 'emoji-picker-element/shared';
import english from 'emoji-picker-element-data/en/emojibase/data.json?url';
import chinese from 'emoji-picker-element-data/zh/emojibase/data.json?url';

/** Groups of emojibase in the order they are shown; 2 (skin tones alone) is no group. */
export const EMOJI_GROUPS = [0, 1, 3, 4, 5, 6, 7, 8, 9] as const;

/** One sign of each group, for its tab. */
export const GROUP_SIGNS: Readonly<Record<number, string>> = { 0: '😀', 1: '👋', 3: '🐱', 4: '🍎', 5: '🏠', 6: '⚽', 7: '💡', 8: '⛔', 9: '🏁' }; // prettier-ignore

/** Newer ones are missing from the fonts of many devices. */
const NEWEST_VERSION = 15;

export interface EmojiData {
  group(group: number): Promise<readonly NativeEmoji[]>;
  search(text: string): Promise<readonly NativeEmoji[]>;
  favourites(): Promise<readonly NativeEmoji[]>;
  used(emoji: string): void;
  close(): void;
}

function drawable(emoji: readonly unknown[]): NativeEmoji[] {
  return (emoji as NativeEmoji[]).filter((one) => 'unicode' in one && one.version <= NEWEST_VERSION);
}

/** One Chinese character is a word; the database begins at two letters. */
const IDEOGRAPH = /[\u2e80-\u9fff]/;

function isNamed({ annotation, tags = [] }: NativeEmoji, text: string): boolean {
  return annotation.includes(text) || tags.some((tag) => tag.includes(text));
}

/** Whether this much of a word is enough to search for. */
export function isSearch(text: string): boolean {
  return text.trim().length > 1 || IDEOGRAPH.test(text);
}

/** Emoji with their names in the reader's language; data come from this page's own server and are kept by the browser. */
export function openEmojiData(locale: string): EmojiData {
  const zh = locale.startsWith('zh');
  const data = new Database({ dataSource: zh ? chinese : english, locale: zh ? 'zh' : 'en' });
  const group = async (id: number): Promise<readonly NativeEmoji[]> =>
    drawable(await data.getEmojiByGroup(id));
  async function search(text: string): Promise<readonly NativeEmoji[]> {
    if (!IDEOGRAPH.test(text)) return drawable(await data.getEmojiBySearchQuery(text));
    const all = await Promise.all(EMOJI_GROUPS.map(group));
    return all.flat().filter((emoji) => isNamed(emoji, text.trim()));
  }
  return {
    group,
    search,
    favourites: async () => drawable(await data.getTopFavoriteEmoji(16)),
    used: (emoji) => void data.incrementFavoriteEmojiCount(emoji).catch(() => undefined),
    close: () => void data.close().catch(() => undefined),
  };
}
