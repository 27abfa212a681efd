export { ConfigError, readConfig, type ServerConfig } from './config.ts';
/** One connection without its socket, for measurements: frames in, frames out. */
export { Connection, type ConnectionDeps } from './gateway/connection.ts';
export { Flusher } from './gateway/flusher.ts';
export { Turns } from './gateway/turns.ts';
export { createLog } from './log.ts';
export { CoarseClock } from './metrics/clock.ts';
export { Meter } from './metrics/meter.ts';
export { startServer, type RunningServer } from './server.ts';
export { VERSION } from './version.ts';
