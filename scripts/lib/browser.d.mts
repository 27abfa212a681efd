/** `path` is missing where there is no browser: `from` says why. */
export function findChromium(): Promise<{ readonly path?: string; readonly from: string }>;
