/** Whether a name answers a search: every word of it stands somewhere in the name or the id. */
export function matchesSearch(search: string, ...texts: readonly string[]): boolean {
  const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const where = texts.map((text) => text.toLocaleLowerCase());
  return words.every((word) => where.some((text) => text.includes(word)));
}
