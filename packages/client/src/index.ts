export { createClient } from './client.ts';
export { configure, resolveServer } from './configure.ts';
export type * from './types.ts';
export type { AbortSignalLike, Clock, FileSource, HttpRequest, HttpResponse, KeyValueStorage, Platform, Socket, UploadRequest } from './platform/platform.ts'; // prettier-ignore
export { MagpieError } from '@magpie/protocol';
