import type { SendableContent } from '@magpie/protocol';

/** What is done with one text of a content: `field` is its path below the content. Undefined: it stays. */
type Visit = (text: string, field: string) => string | undefined;

/**
 * What people read of a content: texts, places, names of files, what a custom message is found and previewed by. Not the data of
 * custom messages and faces, nor commands: programs read those, and stars would break them.
 */
export function mapTexts(content: SendableContent, visit: Visit, path = ''): SendableContent {
  switch (content.type) {
    case 'text':
      return replaced(content, ['text'], visit, path);
    case 'location':
      return replaced(content, ['address', 'place'], visit, path);
    case 'custom':
      return replaced(content, ['description', 'search'], visit, path);
    case 'file': {
      const file = replaced(content.file, ['name'], visit, `${path}file.`);
      return file === content.file ? content : { ...content, file };
    }
    case 'multi': {
      let items: typeof content.items | undefined;
      for (const [index, item] of content.items.entries()) {
        const mapped = mapTexts(item, visit, `${path}items.${index}.`) as typeof item;
        if (mapped === item) continue;
        items ??= [...content.items];
        items[index] = mapped;
      }
      return items ? { ...content, items } : content;
    }
    default:
      return content;
  }
}

/** The same object when nothing was replaced. */
function replaced<T extends object>(
  part: T,
  names: readonly (keyof T & string)[],
  visit: Visit,
  path: string,
): T {
  // prettier-ignore
  let out = part;
  for (const name of names) {
    const text = part[name];
    const mapped = typeof text === 'string' && text !== '' ? visit(text, `${path}${name}`) : undefined;
    if (mapped !== undefined && mapped !== text) out = { ...out, [name]: mapped };
  }
  return out;
}
