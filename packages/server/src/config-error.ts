/** A setting that can't be used; the message says which and what would do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
