import * as v from 'valibot';
import { defineOperation } from './define.ts';
import { count, fileId, opt, requiredText, text, time } from './schema.ts';

export const fileUse = v.picklist(['image', 'audio', 'video', 'file', 'avatar']);
export type FileUse = v.InferOutput<typeof fileUse>;

const rendition = v.object({ width: count, height: count, size: opt(count) });

/** A finished file. `mime` is what its bytes say; the name's ending is not believed. */
export const storedFile = v.object({
  fileId,
  name: v.string(),
  size: count,
  mime: v.string(),
  width: opt(count),
  height: opt(count),
  format: opt(v.string()),
  animated: opt(v.boolean()),
  large: opt(rendition),
  thumb: opt(rendition),
  placeholder: opt(v.string()),
  /** Path below the server's address. */
  path: v.string(),
  sig: opt(v.string()),
});
export type StoredFile = v.InferOutput<typeof storedFile>;

export const fileGrant = defineOperation({
  name: 'file.grant',
  summary: 'Permission to upload one file: raw PUT or multipart POST to `path`, resumable by offset.',
  callers: ['user', 'admin'],
  hookable: true,
  idempotency: 'no',
  input: v.strictObject({ name: requiredText(255), size: count, mime: opt(text(127)), use: fileUse }),
  output: v.object({
    fileId,
    /** Upload path below the server's address; carries its own secret and needs no token. */
    path: v.string(),
    expiresAt: time,
    maxBytes: count,
  }),
  errors: ['FILE_TYPE_REFUSED', 'QUOTA_EXCEEDED'],
});

export const fileFinish = defineOperation({
  name: 'file.finish',
  summary: 'Ends an upload: checks size and type, reads dimensions, makes renditions.',
  callers: ['user', 'admin'],
  idempotency: 'yes',
  input: v.strictObject({ fileId }),
  output: v.object({ file: storedFile }),
  errors: ['FILE_NOT_FOUND', 'FILE_UNFINISHED', 'FILE_TYPE_REFUSED', 'QUOTA_EXCEEDED'],
});

export const fileGet = defineOperation({
  name: 'file.get',
  summary: 'A finished file of the app, by its id.',
  callers: ['user', 'admin'],
  idempotency: 'safe',
  input: v.strictObject({ fileId }),
  output: v.object({ file: storedFile }),
  errors: ['FILE_NOT_FOUND'],
});

export const fileOperations = [fileGrant, fileFinish, fileGet] as const;
