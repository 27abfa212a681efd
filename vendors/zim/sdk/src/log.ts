import type { ZIMLogConfig } from './types/general.ts';

type ClientLevel = 'debug' | 'info' | 'warn' | 'error';

const WEIGHT: Readonly<Record<ZIMLogConfig['logLevel'], number>> = {
  debug: 0,
  info: 1,
  warn: 2,
  error: 3,
  report: 3,
  disable: 4,
};

export interface Log {
  setLevel(level: unknown): void;
  write(level: ClientLevel, text: string, detail?: unknown): void;
}

/** The console, from a level on. */
export function createLog(): Log {
  let least = WEIGHT.error;
  return {
    setLevel: (level) => {
      if (typeof level === 'string' && Object.hasOwn(WEIGHT, level))
        least = WEIGHT[level as keyof typeof WEIGHT];
    },
    write: (level, text, detail) => {
      if (WEIGHT[level] >= least) console[level](`[ZIM] ${text}`, ...(detail === undefined ? [] : [detail]));
    },
  };
}
