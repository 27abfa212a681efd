/** One request to somewhere outside. */
export interface OutboundRequest {
  /** http or https; a host by name or address. */
  readonly url: string;
  /** Default GET. */
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** ms for the whole exchange: waiting for its turn, name, connection, headers and body. */
  readonly timeout: number;
  /** Bytes of the answer's body; a longer one is an error of kind `size`. */
  readonly maxBytes: number;
}

export interface OutboundAnswer {
  readonly status: number;
  /** Names in lower case; repeated ones joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Read as UTF-8. */
  readonly body: string;
}

/** `protocol`: what was asked or answered is not HTTP as this server speaks it. */
export type OutboundErrorKind =
  'url' | 'address' | 'dns' | 'connect' | 'tls' | 'timeout' | 'size' | 'protocol';

/** Why there was no answer. The message names no address of the inside and may be shown to whoever gave the URL. */
export class OutboundError extends Error {
  override readonly name = 'OutboundError';
  readonly kind: OutboundErrorKind;

  constructor(kind: OutboundErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/**
 * The only way out of the server. Every method rejects with `OutboundError` and nothing else. Redirects are answers, never followed. A
 * request may reach its peer twice: when a kept connection breaks before a word of the answer, it is sent once more.
 */
export interface Outbound {
  request(request: OutboundRequest): Promise<OutboundAnswer>;
  /** Refuses what `request` would refuse before it connects: the form of the URL, its port, and where its name leads now. */
  check(url: string): Promise<void>;
  /** Ends what is under way. */
  close(): Promise<void>;
}
