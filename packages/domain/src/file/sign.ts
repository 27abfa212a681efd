import { blobsOf } from '@magpie/protocol';
import type { AppContext } from '../core/context.ts';
import type { Deps } from '../deps.ts';
import { parsePart } from '../message/part.ts';

/**
 * The body of a message as it leaves. Only apps that demand signed file addresses pay for it: signatures are made when a message
 * is read and never stored.
 */
export function leaving(deps: Pick<Deps, 'signer'>, app: AppContext, body: string): string {
  if (!app.settings['files.signed'] || !body.includes('"fileId"')) return body;
  const part = parsePart(body);
  for (const blob of blobsOf(part.content)) {
    if (blob.fileId !== undefined)
      blob.sig = deps.signer.sign(app.id, blob.fileId, app.settings['files.signedLife']);
  }
  return JSON.stringify(part);
}
