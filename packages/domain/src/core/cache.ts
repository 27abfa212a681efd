/** A bounded map: the entry unused for longest goes first. */
export class BoundedCache<V> {
  /** How often something was forgotten. */
  version = 0;
  private readonly map = new Map<string, V>();
  private readonly max: number;

  constructor(max: number) {
    this.max = max;
  }

  get(key: string): V | undefined {
    const value = this.map.get(key);
    if (value === undefined) return undefined;
    // Only a full cache pays for keeping the order.
    if (this.map.size > this.max / 2) {
      this.map.delete(key);
      this.map.set(key, value);
    }
    return value;
  }

  set(key: string, value: V): void {
    this.map.delete(key);
    this.map.set(key, value);
    if (this.map.size > this.max) {
      const oldest = this.map.keys().next();
      if (!oldest.done) this.map.delete(oldest.value);
    }
  }

  /** Of what was read since `version`: not if anything was forgotten meanwhile, as it may have been this, read just before it changed. */
  keep(key: string, value: V, version: number): void {
    if (version === this.version) this.set(key, value);
  }

  delete(key: string): void {
    this.version++;
    this.map.delete(key);
  }

  clear(): void {
    this.version++;
    this.map.clear();
  }
}
