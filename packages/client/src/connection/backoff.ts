const BASE = 400;
const CAP = 30_000;

/** Full jitter: anywhere between nothing and a bound that doubles with each failure. `random` in [0, 1). */
export function backOffDelay(attempt: number, random: number): number {
  return Math.round(random * Math.min(CAP, BASE * 2 ** Math.min(attempt, 16)));
}

/** A number in [0, 1) from random bytes. */
export function fraction(bytes: Uint8Array): number {
  return (((bytes[0] ?? 0) << 16) | ((bytes[1] ?? 0) << 8) | (bytes[2] ?? 0)) / 0x1000000;
}
