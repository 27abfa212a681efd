/** An entry of package-lock.json, as far as the checks look. */
export interface LockEntry {
  readonly version?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export function checkLock(packages?: Readonly<Record<string, LockEntry>>): string[];
export function checkLicences(packages?: Readonly<Record<string, LockEntry>>): string[];
export function isAllowed(licence: string): boolean;
