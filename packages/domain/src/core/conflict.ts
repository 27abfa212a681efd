import { MagpieError, type ErrorCode } from '@magpie/protocol';
import { StoreConflict, type ConflictCode } from '../ports/store.ts';

/** For `.catch`: a store conflict becomes this error of the table, anything else is thrown on. */
export function conflictAs(code: ErrorCode, field?: string): (error: unknown) => never {
  return (error) => {
    throw error instanceof StoreConflict
      ? new MagpieError(code, field === undefined ? {} : { field })
      : error;
  };
}

/** For `.catch`, by kind of conflict; kinds not named are thrown on. */
export function conflictsAs(codes: Partial<Record<ConflictCode, ErrorCode>>): (error: unknown) => never {
  return (error) => {
    const code = error instanceof StoreConflict ? codes[error.code] : undefined;
    throw code ? new MagpieError(code) : error;
  };
}
