const WIDEST = 320;
const TALLEST = 320;
const LEAST = 96;

/** The box a picture is shown in, before its bytes are here: its own shape, within bounds; extreme shapes are cut. */
export function fitImage(width = 0, height = 0): { readonly width: number; readonly height: number } {
  if (width <= 0 || height <= 0) return { width: 240, height: 180 };
  const scale = Math.min(1, WIDEST / width, TALLEST / height);
  const clamp = (side: number, most: number): number =>
    Math.round(Math.min(most, Math.max(LEAST, side * scale)));
  return { width: clamp(width, WIDEST), height: clamp(height, TALLEST) };
}
