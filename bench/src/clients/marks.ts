/**
 * A mark carries who sent a body, which place in the driver's tables it has and when it left, through any server's framing: it is
 * found by searching the text of a frame, without parsing it.
 */
const BODY_BYTES = 200;

/** Milliseconds on a clock that all processes of this machine share. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

/** A body of 200 bytes. */
export function markedBody(sender: string, slot: number): string {
  const mark = `~T${sender},${slot},${now().toFixed(2)}~`;
  return mark.padEnd(BODY_BYTES, 'x');
}

/** Calls `take` for every mark in the text that somebody else sent. */
export function eachMark(text: string, own: string, take: (slot: number, sentAt: number) => void): void {
  let end = 0;
  for (let at = text.indexOf('~T'); at >= 0; at = text.indexOf('~T', end)) {
    const first = text.indexOf(',', at);
    const second = text.indexOf(',', first + 1);
    end = text.indexOf('~', second);
    if (end < 0) return;
    const mine = first - at - 2 === own.length && text.startsWith(own, at + 2);
    if (!mine) take(Number(text.slice(first + 1, second)), Number(text.slice(second + 1, end)));
  }
}
