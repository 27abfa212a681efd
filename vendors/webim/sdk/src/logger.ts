import { environment } from './environment.ts';

/** The vendor's logger: level, kept lines, a hook. */
const LEVELS = { TRACE: 0, DEBUG: 1, INFO: 2, WARN: 3, ERROR: 4, SILENT: 5 } as const;
type LevelName = keyof typeof LEVELS;
type Level = LevelName | Lowercase<LevelName> | number;
type Method = 'trace' | 'debug' | 'info' | 'warn' | 'error';

export interface LoggerConfig {
  useCache?: boolean;
  /** Bytes of lines kept. */
  maxCache?: number;
  color?: string;
  background?: string;
}

export interface Logger {
  name: string;
  currentLevel: number;
  useCookiePersist: boolean;
  storageLogLevelKey: string;
  levels: typeof LEVELS;
  logs: string[];
  logBytes: number;
  config: LoggerConfig & { useCache: boolean; maxCache: number };
  onLog?: ((line: { time: string; level: string; logs: unknown[] }) => void) | undefined;
  setLevel(level: Level, persist?: boolean, name?: string): void;
  getLevel(): number;
  setDefaultLevel(level: Level): void;
  enableAll(persist?: boolean): void;
  disableAll(persist?: boolean): void;
  setConfig(config: LoggerConfig): void;
  getLogs(): string[];
  download(): void;
  setConsoleLogVisibility(visible: boolean): void;
  trace(...parts: unknown[]): void;
  debug(...parts: unknown[]): void;
  info(...parts: unknown[]): void;
  warn(...parts: unknown[]): void;
  error(...parts: unknown[]): void;
}

function numberOf(level: Level): number {
  if (typeof level === 'number') return level;
  const value = LEVELS[level.toUpperCase() as LevelName];
  if (value === undefined) throw new TypeError(`logger.setLevel: unknown level ${String(level)}`);
  return value;
}

function lineOf(parts: readonly unknown[]): string {
  return parts.map((part) => (typeof part === 'string' ? part : safeJson(part))).join(' ');
}

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}

export function createLogger(): Logger {
  let visible = true;
  const write = (method: Method, level: number, parts: unknown[]): void => {
    if (level < logger.currentLevel) return;
    const time = new Date().toISOString();
    logger.onLog?.({ time, level: method.toUpperCase(), logs: parts });
    if (logger.config.useCache) keep(`${time} ${method.toUpperCase()} ${lineOf(parts)}`);
    // eslint-disable-next-line no-console -- printing is what this object is for
    if (visible) console[method]('[webim]', ...parts);
  };
  const keep = (line: string): void => {
    logger.logs.push(line);
    logger.logBytes += line.length;
    while (logger.logBytes > logger.config.maxCache && logger.logs.length > 0) {
      logger.logBytes -= logger.logs.shift()?.length ?? 0;
    }
  };
  const logger: Logger = {
    name: 'webim',
    currentLevel: LEVELS.WARN,
    useCookiePersist: false,
    storageLogLevelKey: 'loglevel',
    levels: LEVELS,
    logs: [],
    logBytes: 0,
    config: { useCache: false, maxCache: 3 * 1024 * 1024 },
    setLevel: (level) => void (logger.currentLevel = numberOf(level)),
    getLevel: () => logger.currentLevel,
    setDefaultLevel: (level) => void (logger.currentLevel = numberOf(level)),
    enableAll: () => void (logger.currentLevel = LEVELS.TRACE),
    disableAll: () => void (logger.currentLevel = LEVELS.SILENT),
    setConfig: (config) => void Object.assign(logger.config, config),
    getLogs: () => [...logger.logs],
    download: () => saveText(logger.logs.join('\n')),
    setConsoleLogVisibility: (on) => void (visible = on),
    trace: (...parts) => write('trace', LEVELS.TRACE, parts),
    debug: (...parts) => write('debug', LEVELS.DEBUG, parts),
    info: (...parts) => write('info', LEVELS.INFO, parts),
    warn: (...parts) => write('warn', LEVELS.WARN, parts),
    error: (...parts) => write('error', LEVELS.ERROR, parts),
  };
  return logger;
}

/** Browsers save the lines as a file; elsewhere there is nothing to save them with. */
function saveText(text: string): void {
  const link = environment().document?.createElement('a');
  if (!link) return;
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  link.download = 'webim.log';
  link.click?.();
  URL.revokeObjectURL(link.href);
}
