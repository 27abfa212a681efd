import { MagpieError } from '@magpie/protocol';

/** For `ask`: only what was answered is looked at; an error is the caller's. */
export function orThrow<O, T>(
  take: (output: O) => T,
): (error: MagpieError | undefined, output: O | undefined) => T {
  return (error, output) => {
    if (output === undefined) throw error ?? new MagpieError('INTERNAL');
    return take(output);
  };
}
