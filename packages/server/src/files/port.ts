import type { Readable } from 'node:stream';

/** Names bytes. Made of ids only: what people call a file never reaches a path or an object key. */
export interface FileKey {
  readonly app: string;
  readonly id: string;
}

export type Rendition = 'large' | 'thumb';
/** `sealed`: a whole upload out of its writers' reach, not yet looked at. */
export type FilePart = 'sealed' | 'original' | Rendition;
/** The types renditions are made in. */
export type RenditionMime = 'image/jpeg' | 'image/webp';

export interface StoredBytes {
  readonly size: number;
  /** Known for renditions; the original's type stands in its row. */
  readonly mime?: RenditionMime;
}

/** Both ends inclusive. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface Receiving {
  readonly source: Readable;
  /** Where `source` starts; must be where the upload stands. Absent: starts over. */
  readonly offset?: number;
  /** Size the upload may reach; beyond, nothing of this source is kept and TOO_LARGE is thrown. */
  readonly max: number;
}

/** An upload does not stand where a writer meant to go on. */
export class OffsetMismatch extends Error {
  override readonly name = 'OffsetMismatch';
  /** Where it does stand. */
  readonly offset: number;
  constructor(offset: number) {
    super(`The upload stands at ${offset}.`);
    this.offset = offset;
  }
}

/** A newer request for the same upload took over: the older connection is taken for dead. */
export class UploadSuperseded extends Error {
  override readonly name = 'UploadSuperseded';
}

/**
 * Where bytes of files live. An upload is written in place, sealed when whole, then kept as the original. What a promise said
 * was stored survives a power cut. A driver answers STORE_UNAVAILABLE when its medium is full or not writable.
 */
export interface FileStorage {
  /** Takes bytes of an upload and answers where it then stands. When the source breaks off, what came stays. */
  receive(key: FileKey, receiving: Receiving): Promise<number>;
  /** Where an upload stands; ends a writer that is still at it, so that the answer stays true. */
  received(key: FileKey): Promise<number>;
  /** Seals the upload if it has exactly `size` bytes; answers how many there were, or undefined without an upload. */
  seal(key: FileKey, size: number): Promise<number | undefined>;
  /** Makes what was sealed, or `replacement`, the original; without either the original stays. */
  keep(key: FileKey, replacement?: Uint8Array): Promise<void>;
  writeRendition(key: FileKey, part: Rendition, bytes: Uint8Array, mime: RenditionMime): Promise<void>;
  stat(key: FileKey, part: FilePart): Promise<StoredBytes | undefined>;
  /** Undefined if there is no such part. */
  read(key: FileKey, part: FilePart, range?: ByteRange): Promise<Readable | undefined>;
  /** Everything under the key. */
  remove(key: FileKey): Promise<void>;
  /** Everything of an app. */
  removeApp(app: string): Promise<void>;
  /** A small text kept beside the files, made on first use; everyone who asks gets the same one. */
  note(name: string, make: () => string): Promise<string>;
}
