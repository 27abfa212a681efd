import type { FileUse } from '@magpie/protocol';

/** ms since 1970. */
export interface Clock {
  now(): number;
}

/** Runs things later. Nothing scheduled keeps the process alive. */
export interface Scheduler {
  /** Once, after so many ms; 0: at the end of this turn of the event loop. Returns the cancel. */
  after(ms: number, run: () => void): () => void;
}

/** Tells the operator of trouble that no caller hears of. */
export type Report = (what: string, error: unknown, detail?: Readonly<Record<string, unknown>>) => void;

export interface Random {
  /** Unguessable text of this many characters of 0-9A-Za-z. */
  text(length: number): string;
  /** Unguessable decimal digits, first one not 0. */
  digits(length: number): string;
}

/** What a token says, once it is proven. */
export interface TokenClaims {
  readonly app: string;
  readonly userId: string;
  /** Easemob's tokens match users by folded id. */
  readonly foldUserId: boolean;
  readonly issuedAt: number;
  readonly expiresAt: number | undefined;
}

/** Proves user tokens of any format against the doors of the apps; throws errors of the table. */
export interface TokenVerifier {
  verify(token: string, app: string | undefined): Promise<TokenClaims>;
  /** A user token issued by this server. */
  issue(app: string, userId: string, life: number): { readonly token: string; readonly expiresAt: number };
}

export interface Passwords {
  hash(password: string): Promise<string>;
  verify(hash: string | null, password: string): Promise<boolean>;
}

/** Seals and opens secrets at rest. `context` binds a value to its place. */
export interface Sealer {
  seal(plain: string, context: string): string;
  open(sealed: string, context: string): string;
}

/** HMAC-SHA256 of a text under a secret, in hex: proves to an app's back end who asks. */
export type Hmac = (secret: string, text: string) => string;

/** Signs file addresses for apps that demand it. */
export interface FileSigner {
  /** A signature good until about `life` ms from now; the same for everybody, so that events stay shared. */
  sign(app: string, fileId: string, life: number): string;
}

/** What a look at an upload's bytes found. */
export interface InspectedFile {
  readonly mime: string;
  readonly meta: Readonly<Record<string, unknown>>;
}

/** Bytes of files. Paths are opaque keys of [0-9A-Za-z/._-]. */
export interface FileProcessor {
  /** Checks the type from the content, strips positions from pictures, makes renditions; throws errors of the table. */
  finish(file: {
    readonly app: string;
    readonly id: string;
    readonly name: string;
    readonly use: FileUse;
    readonly size: number;
    readonly mime: string;
  }): Promise<InspectedFile & { readonly size: number }>;
  remove(app: string, id: string): Promise<void>;
  /** Everything of an app. */
  removeApp(app: string): Promise<void>;
}
