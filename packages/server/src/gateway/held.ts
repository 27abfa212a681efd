/** What a connection that is not read has still to do: frames that had come already, in their order. */
export class Held {
  /** Of the texts that wait. */
  bytes = 0;
  /** In the queue for a turn. */
  queued = false;
  /** Set while it waits as long as it was told to. */
  rest: NodeJS.Timeout | undefined;
  private texts: string[] = [];
  private next = 0;

  get empty(): boolean {
    return this.next === this.texts.length;
  }

  add(text: string): void {
    this.texts.push(text);
    this.bytes += text.length;
  }

  /** The oldest; there must be one. */
  take(): string {
    const text = this.texts[this.next] ?? '';
    this.texts[this.next++] = '';
    this.bytes -= text.length;
    if (this.empty) {
      this.texts = [];
      this.next = 0;
    }
    return text;
  }
}
