/**
 * Reads under way, by key: who asks for the same waits for the same answer. Cheaper, and those who wait go on in the order they
 * asked, so that sends that had to look something up first are not reordered.
 */
export class Pending<V> {
  private readonly underWay = new Map<string, Promise<V>>();

  share(key: string, read: () => Promise<V>): Promise<V> {
    const known = this.underWay.get(key);
    if (known) return known;
    const reading = read().finally(() => this.underWay.delete(key));
    this.underWay.set(key, reading);
    return reading;
  }
}
