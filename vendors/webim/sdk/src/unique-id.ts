let lastId = 0;

/** A locally unique id: digits, ascending. The vendor's API demands it without an object to hang it on. */
export function uniqueId(): string {
  lastId = Math.max(lastId + 1, Date.now() * 1000);
  return `${lastId}${String(Math.floor(Math.random() * 1000)).padStart(3, '0')}`;
}
