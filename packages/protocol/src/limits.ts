/**
 * Every bound of the system, with its default. Those under `app` can be overridden per app by settings `limits.*`;
 * the others belong to a server process. Sizes in bytes, times in milliseconds, rates per second.
 */
export const LIMITS = {
  frame: {
    /** One inbound WebSocket frame or REST body (files apart). */
    maxBytes: 256 * 1024,
    maxDepth: 16,
    maxKeys: 4096,
    /** Requests in one frame. */
    maxRequests: 64,
  },
  connection: {
    /** Time for the first frame to open a session. */
    openTimeout: 10_000,
    /** A client pings this often; silence for 2.5 times as long closes the socket. */
    heartbeat: 25_000,
    /** Bytes queued to one peer before it is closed with SLOW_CONSUMER (resumable). */
    maxQueuedBytes: 4 * 1024 * 1024,
    /** Bytes queued to one peer above which it is not given what may be lost. */
    congestedBytes: 256 * 1024,
    /** Requests of one connection being worked on at once; then it is not read until half of them are done. */
    maxInFlight: 256,
    /**
     * Requests of all connections above which one that asks much is held back at fewer of its own. As many as three of the store's
     * batches: with fewer, the writer and the event loop wait for each other, and what piled up in a bad moment is never worked off.
     */
    busyRequests: 1_536,
    maxInFlightBusy: 16,
    /** Requests of one connection that are begun in one turn of the event loop, to the end of a frame; others come between. */
    requestsPerTurn: 64,
    /** Bytes of one connection that were read and wait; beyond, it is closed with OVERLOADED (resumable). */
    maxUnreadBytes: 4 * 1024 * 1024,
    /** Bytes queued to all peers together; above, those with the most are closed with SLOW_CONSUMER. */
    maxQueuedTotal: 512 * 1024 * 1024,
    maxPerAddress: 10_000,
    maxTotal: 20_000,
    /** Unauthenticated connections at once. */
    maxUnopened: 2_000,
  },
  store: {
    /** Sends waiting for the writer before OVERLOADED. */
    maxAppendQueue: 20_000,
    /** Sends in one transaction. */
    maxBatch: 512,
    commitTimeout: 10_000,
  },
  page: { messages: 100, conversations: 100, members: 200, rooms: 100, log: 500, changes: 500 },
  ids: { user: 64, group: 64, clientId: 64, instance: 64 },
  app: {
    'message.maxBytes': 12 * 1024,
    'message.mentions': 50,
    'message.audience': 50,
    'message.multiItems': 20,
    'message.combineItems': 300,
    conversations: 1000,
    'conversations.pinned': 100,
    'receipts.groupMax': 1000,
    'contacts.blocked': 1000,
    /** Requests of one user beside sends; twice as many at once. */
    'rate.requests': 200,
    /** Sends of one user. */
    'rate.user': 100,
    'rate.userBurst': 200,
    'rate.group': 200,
    /** Sends of all users of an app together; 0 = no bound. */
    'rate.app': 0,
    /** Messages of one room; above, the lowest priorities are dropped. `high` has the same again of its own. */
    'rate.room': 40,
    'room.admins': 50,
    'presence.subscriptions': 3000,
    'webhook.hooks': 10,
    words: 10_000,
    'file.imageBytes': 20 * 1024 * 1024,
    'file.audioBytes': 20 * 1024 * 1024,
    'file.videoBytes': 100 * 1024 * 1024,
    'file.fileBytes': 100 * 1024 * 1024,
    'file.avatarBytes': 5 * 1024 * 1024,
    /** All finished files of one app; 0 = no bound. */
    'file.quotaBytes': 0,
    'file.perUserPerHour': 600,
    'profile.maxBytes': 32 * 1024,
    'login.failuresPerUser': 10,
    'login.failuresPerAddress': 50,
  },
} as const;

export type AppLimit = keyof typeof LIMITS.app;
