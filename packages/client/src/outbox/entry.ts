import { keyOf, type MagpieError, type SendableContent, type SendInput } from '@magpie/protocol';
import type { ClientMessage, Media, MessageStatus, SendOptions } from '../types.ts';

/** One message on its way out. */
export interface OutEntry {
  readonly input: SendInput;
  /**
   * The server keeps it and remembers its clientId: it is repeated until it is answered. Otherwise it is delivered at most once,
   * and not repeated when that may have happened.
   */
  readonly durable: boolean;
  /** Still to be uploaded. */
  media: Media | undefined;
  readonly createdAt: number;
  status: MessageStatus;
  error: MagpieError | undefined;
  progress: number | undefined;
  /** Its sendTimeout runs from here: when it was queued, resent, or its upload last moved. */
  since: number;
  attempts: number;
  /** In flight, uploading, or waiting to try again; calling it stops that. */
  stop: (() => void) | undefined;
  /** Stops the timer of sendTimeout. */
  stopClock: (() => void) | undefined;
  options: SendOptions;
  readonly waiters: { resolve(message: ClientMessage): void; reject(error: MagpieError): void }[];
  /** Once the server has it. */
  sent: ClientMessage | undefined;
}

/** Stored messages of a conversation leave one after another; unstored ones (typing) do not wait for them. */
export function laneOf(input: SendInput): string {
  return input.store === false ? `${input.ref} transient` : input.ref;
}

/** How an entry looks to the app. Its id is its clientId until the server has given one. */
export function outgoingMessage(entry: OutEntry, me: string): ClientMessage {
  if (entry.sent) return entry.sent;
  const { input } = entry;
  return {
    id: input.clientId,
    conv: keyOf(input.ref, me),
    ref: input.ref,
    from: me,
    mine: true,
    time: entry.createdAt,
    clientId: input.clientId,
    content: input.content,
    stored: entry.durable,
    status: entry.status,
    ...(entry.error ? { error: entry.error } : {}),
    ...(entry.progress === undefined ? {} : { progress: entry.progress }),
    ...shared(input),
  };
}

/** The fields a message keeps of what was asked for. */
export function shared(input: SendInput): Partial<ClientMessage> {
  return {
    ...(input.extra === undefined ? {} : { extra: input.extra }),
    ...(input.mentions ? { mentions: input.mentions } : {}),
    ...(input.priority ? { priority: input.priority } : {}),
    ...(input.receipt === true ? { receipt: true as const } : {}),
    ...(input.replyTo ? { replyTo: input.replyTo } : {}),
    ...(input.counts === false ? { counts: false as const } : {}),
    ...(input.notLast === true ? { notLast: true as const } : {}),
    ...(input.audience ? { audience: input.audience } : {}),
  };
}

export function withContent(entry: OutEntry, content: SendableContent): void {
  (entry as { input: SendInput }).input = { ...entry.input, content };
}
