/** A time that costs nothing to read: it moves every so often. For what is asked of every request. */
export class CoarseClock {
  /** ms, as `performance.now` counts them. */
  now = performance.now();
  private readonly timer: NodeJS.Timeout;

  constructor(step = 50) {
    this.timer = setInterval(() => {
      this.now = performance.now();
    }, step).unref();
  }

  close(): void {
    clearInterval(this.timer);
  }
}
