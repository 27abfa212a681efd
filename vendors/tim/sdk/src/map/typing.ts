import type { ContentOf } from '@magpie/protocol';
import type { CustomPayload } from '../types.ts';

/** The convention of the vendor's UI kit: an online-only custom message (tim.md §6.11). */
export function typingPayload({ state }: ContentOf<'typing'>): CustomPayload {
  const begin = state === 'begin';
  const data = { businessID: 'user_typing_status', typingStatus: begin ? 1 : 0, version: 1, userAction: 14, actionParam: `EIMAMSG_InputStatus_${begin ? 'Ing' : 'End'}` }; // prettier-ignore
  return { data: JSON.stringify(data), description: '', extension: '' };
}

/** Recognised by its exact form only; anything else is the app's own custom message. */
export function typingContent({
  data,
  description,
  extension,
}: Partial<CustomPayload>): ContentOf<'typing'> | undefined {
  if (typeof data !== 'string' || !data.includes('user_typing_status') || (description ?? '') !== '' || (extension ?? '') !== '') return undefined; // prettier-ignore
  try {
    const said = JSON.parse(data) as Record<string, unknown>;
    if (said['businessID'] !== 'user_typing_status' || said['userAction'] !== 14) return undefined;
    if (said['typingStatus'] === 1 && said['actionParam'] === 'EIMAMSG_InputStatus_Ing')
      return { type: 'typing', state: 'begin' };
    if (said['typingStatus'] === 0 && said['actionParam'] === 'EIMAMSG_InputStatus_End')
      return { type: 'typing', state: 'end' };
  } catch {
    // Not JSON: an app's own message that mentions the word.
  }
  return undefined;
}
