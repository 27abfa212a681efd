/** Lists in one statement are kept below what either database takes. */
const CHUNK = 500;

export async function inChunks<K, R>(
  keys: readonly K[],
  read: (chunk: K[]) => Promise<readonly R[]>,
): Promise<R[]> {
  const distinct = [...new Set(keys)];
  const found: R[] = [];
  for (let i = 0; i < distinct.length; i += CHUNK) found.push(...(await read(distinct.slice(i, i + CHUNK))));
  return found;
}
