import { MagpieError, type OperationDefinition } from '@magpie/protocol';
import * as v from 'valibot';

/** The contract's input check, for frames and REST alike: the first thing that does not fit is named by its path. */
export function checkInput(definition: OperationDefinition, input: unknown): unknown {
  const result = v.safeParse(definition.input, input, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = v.getDotPath(issue) ?? '';
  throw new MagpieError('BAD_REQUEST', { message: `${field === '' ? 'The input' : field}: ${issue.message}`.slice(0, 300), ...(field === '' ? {} : { field: field.slice(0, 200) }) }); // prettier-ignore
}
