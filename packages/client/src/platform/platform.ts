/** What an environment gives the client: browsers, Node, mini-programs and uni-app each fill it once. */
export interface Platform {
  /** `browser`, `node`, `wechat` … for operators' eyes. */
  readonly name: string;
  connect(url: string): Socket;
  http(request: HttpRequest): Promise<HttpResponse>;
  upload(request: UploadRequest): Promise<HttpResponse>;
  readonly storage: KeyValueStorage;
  /** Lives as long as one tab, over its reloads; absent where there are no tabs. */
  readonly tabStorage?: KeyValueStorage;
  /** Called when the page is about to go away; returns the unsubscribe. Absent where nobody can know. */
  readonly onLeave?: (handler: () => void) => () => void;
  readonly clock: Clock;
  /** Cryptographically random where the environment can. */
  randomBytes(length: number): Uint8Array;
  /** False only when the environment knows there is no network. */
  isOnline(): boolean;
  /** Called when the network may have come back or the page woke; returns the unsubscribe. */
  onNetworkHint(handler: (online: boolean) => void): () => void;
  /** `http://host:port` of the page that runs the client, where there is one. */
  readonly pageOrigin: string | undefined;
}

/** A text socket. Handlers are set before anything can arrive; `onClose` is called exactly once. */
export interface Socket {
  onOpen: (() => void) | undefined;
  onText: ((text: string) => void) | undefined;
  onClose: ((code: number, reason: string) => void) | undefined;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

export interface HttpRequest {
  readonly url: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** ms; answered with an OFFLINE error when over. */
  readonly timeout?: number;
}

export interface HttpResponse {
  readonly status: number;
  readonly body: string;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Something to upload: a Blob or File, bytes, or a path the environment understands (mini-program temporary files). */
export type FileSource =
  | { readonly kind: 'blob'; readonly blob: { readonly size: number; readonly type: string } }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'path'; readonly path: string; readonly size: number };

export interface UploadRequest {
  readonly url: string;
  /** Default PUT: the whole file. */
  readonly method?: 'PUT' | 'PATCH';
  readonly source: FileSource;
  readonly name: string;
  readonly mime: string;
  /** Extra request headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** First byte to send, when resuming. */
  readonly offset?: number;
  /** How many bytes to send from there; absent: all. */
  readonly length?: number;
  readonly onProgress?: (sent: number, total: number) => void;
  readonly signal?: AbortSignalLike;
}

/** The part of AbortSignal that is used; mini-programs have none of their own. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** Small and synchronous, as `localStorage` and `wx.getStorageSync` are. Values may be lost; never throws. */
export interface KeyValueStorage {
  get(key: string): string | undefined;
  set(key: string, value: string): void;
  remove(key: string): void;
}

export interface Clock {
  /** ms since 1970, this device's clock. */
  now(): number;
  /** Runs once after `ms`; returns the cancel. */
  after(ms: number, run: () => void): () => void;
}
