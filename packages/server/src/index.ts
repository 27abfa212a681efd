export { ConfigError, readConfig, type ServerConfig } from './config.ts';
export { startServer, VERSION, type RunningServer } from './server.ts';
