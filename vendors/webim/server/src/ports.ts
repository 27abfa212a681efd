import type { MagpieError, OperationName, Input, Output, StoredFile } from '@magpie/protocol';

/** An app as this plug-in needs it: found by a door `org#name`. */
export interface EasemobApp {
  /** The app's own id. */
  readonly id: string;
  /** `org#name` as the door spells it. */
  readonly appKey: string;
  readonly clientId: string;
  /** The door's client secret, and the one before a rotation while its grace lasts; newest first. */
  readonly clientSecrets: readonly string[];
  /** Whether file addresses must be signed: then this path, which has no signature, asks for a token. */
  readonly filesSigned: boolean;
  /** Life of user tokens unless asked otherwise, ms. */
  readonly tokenLife: number;
}

/** Who an operation is called for. */
export type Caller =
  | { readonly kind: 'admin' }
  | { readonly kind: 'user'; readonly userId: string }
  | { readonly kind: 'anonymous'; readonly address: string };

/** A file on its way in. `size` is unknown until the stream ends. */
export interface Upload {
  readonly name: string;
  readonly mime: string;
  readonly stream: AsyncIterable<Uint8Array>;
  /** Asked of whoever downloads it, if the upload said `restrict-access`. */
  readonly shareSecret: string;
  readonly restricted: boolean;
}

/** What is asked of whoever downloads a file. */
export interface FileAccess {
  readonly shareSecret: string | undefined;
  readonly restricted: boolean;
}

/** Everything the plug-in sees of the server: the domain, credentials and files, never drivers. Errors are `MagpieError`s. */
export interface WebimPorts {
  findApp(appKey: string): EasemobApp | undefined;
  call<N extends OperationName>(
    app: EasemobApp,
    caller: Caller,
    operation: N,
    input: Input<N>,
  ): Promise<Output<N>>;
  /** The user a user token of any format speaks for; throws when it is no good. */
  authenticate(app: EasemobApp, token: string): Promise<string>;
  issueUserToken(
    app: EasemobApp,
    userId: string,
    lifeMs: number,
  ): { readonly token: string; readonly expiresAt: number };
  /** Takes an upload in, bounded by the app's limits, and finishes it. */
  storeFile(app: EasemobApp, caller: Caller, upload: Upload): Promise<StoredFile>;
  fileAccess(app: EasemobApp, fileId: string): Promise<FileAccess | undefined>;
  /** Characters of 0–9A–Za–z, unguessable. */
  randomText(length: number): string;
  now(): number;
  /** Told of every failure that is the server's own. */
  onInternal(error: MagpieError, operation: string): void;
}

/** One part of a multipart body, in order; a file's stream is read before the next part is asked for. */
export type Part =
  | { readonly kind: 'field'; readonly name: string; readonly value: string }
  | { readonly kind: 'file'; readonly name: string; readonly filename: string; readonly mime: string; readonly stream: AsyncIterable<Uint8Array> }; // prettier-ignore

export interface WebimRequest {
  /** Path parameters: `org`, `app`, and those of the route. */
  readonly params: Readonly<Record<string, string>>;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** Decoded JSON; undefined when there was none, or it was not JSON. */
  readonly body: unknown;
  /** Parts of a multipart body; undefined when the body is not one. */
  readonly parts: AsyncIterable<Part> | undefined;
  /** `http(s)://host[:port]` as the client called it. */
  readonly origin: string;
  /** The peer's address, for limits. */
  readonly address: string;
}

export type WebimReply =
  | { readonly status: number; readonly body: Readonly<Record<string, unknown>> }
  /** Answer with this file's bytes, as `/files` would. */
  | {
      readonly status: 200;
      readonly file: { readonly fileId: string; readonly rendition: 'thumb' | undefined };
    };

/** One path of the vendor's; mount with CORS for the app's origins. `:name` marks a parameter. */
export interface WebimRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** The body is a multipart upload: stream it, do not buffer. */
  readonly multipart: boolean;
  /** Never throws: failures are replies with the vendor's error body. */
  readonly handle: (request: WebimRequest) => Promise<WebimReply>;
}
