import type { ContentType, EntryClass, Entry, Hole } from '@magpie/protocol';

// The contract's own functions stand beside its schemas, which would come into a bundle with them; a test compares.
const NOT_CONTENT: Readonly<Partial<Record<ContentType, EntryClass>>> = {
  tip: 'record',
  command: 'hidden',
  typing: 'hidden',
};

/** Class of a content type, also of those this build does not know: drawn, as something unsupported. */
export function entryClassOf(type: string): EntryClass {
  return Object.hasOwn(NOT_CONTENT, type) ? (NOT_CONTENT[type as ContentType] ?? 'content') : 'content';
}

export function isHole(entry: Entry): entry is Hole {
  return 'hole' in entry;
}
