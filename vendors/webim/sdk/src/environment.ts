/** The parts of a page or mini-program used here, all optional: this code runs in Node too. */
export interface MiniProgram {
  request(options: Record<string, unknown>): void;
  onNetworkStatusChange?(handler: (state: { isConnected: boolean }) => void): void;
}

interface PageElement {
  href?: string;
  download?: string;
  click?(): void;
  readonly files?: ArrayLike<Blob & { readonly name: string }> | null;
}

interface Environment {
  readonly wx?: MiniProgram;
  readonly uni?: MiniProgram;
  readonly document?: {
    getElementById(id: string): PageElement | null;
    createElement(tag: string): PageElement;
  };
  readonly addEventListener?: (type: string, listener: () => void) => void;
}

export const environment = (): Environment => globalThis as unknown as Environment;

export function miniProgram(): { readonly platform: 'wx' | 'uni'; readonly api: MiniProgram } | undefined {
  const { wx, uni } = environment();
  if (typeof uni?.request === 'function') return { platform: 'uni', api: uni };
  return typeof wx?.request === 'function' ? { platform: 'wx', api: wx } : undefined;
}
