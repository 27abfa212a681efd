export interface BuildOptions {
  /** Also what is not stale. */
  readonly force?: boolean;
  /** One app, by its package name. */
  readonly only?: string;
}

/** Builds the apps whose sources changed, telling `say` what it does; rejects with the build's output. */
export function buildWebApps(say: (line: string) => void, options?: BuildOptions): Promise<void>;
