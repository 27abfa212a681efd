import { blobsOf, MagpieError, type Blob, type SendableContent } from '@magpie/protocol';
import type { Ctx } from '../core/context.ts';
import type { Deps } from '../deps.ts';
import type { FileRow } from '../ports/rows.ts';

/**
 * Files named in a message must be finished ones of this app; what the server knows of them (size, type, dimensions) replaces
 * what the sender said. The append of a stored message keeps them from being collected.
 */
export async function attachFiles(deps: Deps, ctx: Ctx, content: SendableContent): Promise<SendableContent> {
  const rows = new Map<string, FileRow>();
  for (const { fileId } of blobsOf(content)) {
    if (fileId === undefined || rows.has(fileId)) continue;
    const row = await deps.store.files.get(ctx.app.id, fileId);
    if (!row) throw new MagpieError('FILE_NOT_FOUND', { field: 'content' });
    if (row.state !== 'finished') throw new MagpieError('FILE_UNFINISHED', { field: 'content' });
    rows.set(fileId, row);
  }
  return complete(content, rows);
}

function complete(content: SendableContent, rows: ReadonlyMap<string, FileRow>): SendableContent {
  switch (content.type) {
    case 'image': {
      const row = rows.get(content.file.fileId ?? '');
      return row ? { ...content, ...imageFacts(row), file: blobOf(content.file, row) } : content;
    }
    case 'video': {
      const poster = content.poster && { ...content.poster, file: filled(content.poster.file, rows) };
      return { ...content, file: filled(content.file, rows), ...(poster ? { poster } : {}) };
    }
    case 'audio':
    case 'file':
      return { ...content, file: filled(content.file, rows) };
    case 'multi':
      return { ...content, items: content.items.map((item) => complete(item, rows) as typeof item) };
    default:
      return content;
  }
}

function filled(blob: Blob, rows: ReadonlyMap<string, FileRow>): Blob {
  const row = rows.get(blob.fileId ?? '');
  return row ? blobOf(blob, row) : blob;
}

/** The address is the reader's to make; one given beside a file of ours, or a signature, is dropped. */
function blobOf(blob: Blob, row: FileRow): Blob {
  return { fileId: row.id, name: blob.name ?? row.name, size: row.size, mime: row.mime };
}

const IMAGE_FACTS = ['width', 'height', 'format', 'animated', 'large', 'thumb', 'placeholder'] as const;

function imageFacts(row: FileRow): Record<string, unknown> {
  const meta = JSON.parse(row.meta) as Record<string, unknown>;
  return Object.fromEntries(
    IMAGE_FACTS.filter((name) => meta[name] !== undefined).map((name) => [name, meta[name]]),
  );
}
