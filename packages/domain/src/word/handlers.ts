import { MagpieError } from '@magpie/protocol';
import { conflictAs } from '../core/conflict.ts';
import type { HandlersOf } from '../core/context.ts';
import type { Deps } from '../deps.ts';
import { createMatcher } from './matcher.ts';

const PAGE = 200;

/** `word.*`: the app's word filter, for the operator and the app's back end. */
export function wordHandlers({ store, words, mesh }: Deps): HandlersOf<'word'> {
  return {
    'word.add': async ({ app }, input) => {
      for (const [index, entry] of input.words.entries()) checkWord(entry.word, `words.${index}.word`);
      // Of one that is named twice the last counts.
      const actions = new Map(input.words.map(({ word, action }) => [plain(word), action]));
      const rows = [...actions].map(([word, action]) => ({ word, action }));
      const max = app.settings['limits.words'];
      const [{ total }] = await store
        .commit([{ op: 'word.put', app: app.id, words: rows, max }])
        .catch(conflictAs('QUOTA_EXCEEDED', 'words'));
      words.changed(app.id);
      await mesh.settled();
      return { total };
    },

    'word.remove': async ({ app }, input) => {
      await store.commit([{ op: 'word.remove', app: app.id, words: [...new Set(input.words.map(plain))] }]);
      words.changed(app.id);
      await mesh.settled();
      return {};
    },

    'word.list': async ({ app }, input) => {
      const limit = input.limit ?? PAGE;
      const { cursor } = input;
      const rows = await store.words.page(app.id, { limit: limit + 1, ...(cursor === undefined ? {} : { after: cursor }) }); // prettier-ignore
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        words: page.map(({ word, action }) => ({ word, action })),
        total: await store.words.count(app.id),
        ...(last && rows.length > limit ? { next: last.word } : {}),
      };
    },

    'word.test': async ({ app }, input) => {
      const matcher = await words.matcher(app.id);
      const { block, masked } = matcher ? matcher.find(input.text) : NOTHING;
      return { text: masked ?? input.text, ...(block === undefined ? {} : { blocked: block }) };
    },
  };
}

const NOTHING: { readonly block?: string; readonly masked?: string } = {};

/** One spelling of each: the filter makes no difference between capitals and small letters either. */
function plain(word: string): string {
  return word.trim().toLowerCase();
}

/** A word that would not even be found in itself would stand in the list and do nothing. */
function checkWord(word: string, field: string): void {
  const found = createMatcher([{ word, action: 'block' }]).find(word);
  if (found.block === undefined) throw new MagpieError('BAD_REQUEST', { field, message: `${field}: the filter finds nothing in it to look for.` }); // prettier-ignore
}
