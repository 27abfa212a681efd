/** How much the process has to carry, 0 to 3. Room traffic gives way first (DESIGN §5.10), new connections last. */
export type PressureLevel = 0 | 1 | 2 | 3;

export interface PressureReading {
  /** Lateness of the event loop that most of its turns have, ms. */
  readonly lag: number;
  /** Units waiting for the writer. */
  readonly waiting: number;
  /** Bytes handed to sockets and not gone. */
  readonly outbound: number;
}

const MB = 1024 * 1024;
/** From which reading on a level holds. */
const STEPS: readonly { readonly [K in keyof PressureReading]: number }[] = [
  { lag: 100, waiting: 3_000, outbound: 64 * MB },
  { lag: 300, waiting: 8_000, outbound: 128 * MB },
  { lag: 1_000, waiting: 16_000, outbound: 256 * MB },
];

/** Rises at once, falls a level a reading and only when the cause has halved: what is shed must not come back as a flood. */
export class Pressure {
  private current: PressureLevel = 0;

  get level(): PressureLevel {
    return this.current;
  }

  /** Call about every half second. */
  update(reading: PressureReading): void {
    const now = levelOf(reading, 1);
    if (now >= this.current) this.current = now;
    else if (levelOf(reading, 0.5) < this.current) this.current = (this.current - 1) as PressureLevel;
  }
}

function levelOf(reading: PressureReading, factor: number): PressureLevel {
  let level: PressureLevel = 0;
  for (const [index, step] of STEPS.entries()) {
    const reached = (['lag', 'waiting', 'outbound'] as const).some(
      (name) => reading[name] >= step[name] * factor,
    );
    if (reached) level = (index + 1) as PressureLevel;
  }
  return level;
}
