type Counts = Omit<AppCounts, 'app'>;

const NOTHING: Counts = { requests: 0, errors: 0, messages: 0 };

/** What one app's users did since the start. */
export class AppTally {
  requests = 0;
  errors = 0;
  messages = 0;
  /** As of the last look. */
  last: Counts = NOTHING;
  /** When it was last seen to have asked for something, in looks. */
  active = 0;

  /** One request; `send`: it was to be a message. */
  add(send: boolean, failed: boolean): void {
    this.requests++;
    if (failed) this.errors++;
    else if (send) this.messages++;
  }
}

/** What stands under a name, or under `other`. */
export interface AppCounts {
  readonly app: string;
  readonly requests: number;
  readonly errors: number;
  readonly messages: number;
}

/** Looks without a request after which an app gives up its name to a busier one: an hour, at one look in 15 s. */
const IDLE_LOOKS = 240;

/**
 * Counts by app, of which only so many are told by name: a series for each of ten thousand apps would cost more than it says. A name
 * is given to the busiest that have none, and kept while its app is in use. What an app did before it had a name stays in
 * `other`, so that no counter ever goes back.
 */
export class AppTallies {
  private readonly all = new Map<string, AppTally>();
  private readonly named = new Map<string, { readonly tally: AppTally; readonly from: Counts }>();
  private readonly max: number;
  private look = 0;
  /** Of apps whose names were given up: it was told already, and must not come again. */
  private readonly told = { ...NOTHING };

  constructor(max: number) {
    this.max = max;
  }

  of(app: string): AppTally {
    let tally = this.all.get(app);
    if (!tally) this.all.set(app, (tally = new AppTally()));
    return tally;
  }

  isNamed(app: string): boolean {
    return this.named.has(app);
  }

  /** For one scrape: those with a name, and the rest together. */
  read(): readonly AppCounts[] {
    this.assign();
    const total = { ...NOTHING };
    for (const tally of this.all.values()) {
      tally.last = countsOf(tally);
      add(total, tally, 1);
    }
    add(total, this.told, -1);
    const rows = [...this.named].map(([app, { tally, from }]) => ({
      app,
      requests: tally.requests - from.requests,
      errors: tally.errors - from.errors,
      messages: tally.messages - from.messages,
    }));
    for (const row of rows) add(total, row, -1);
    return [...rows, { app: 'other', ...total }];
  }

  private assign(): void {
    this.look++;
    for (const tally of this.all.values())
      if (tally.requests !== tally.last.requests) tally.active = this.look;
    for (const [app, { tally, from }] of this.named) {
      if (this.look - tally.active <= IDLE_LOOKS) continue;
      add(this.told, tally, 1);
      add(this.told, from, -1);
      this.named.delete(app);
    }
    if (this.named.size >= this.max) return;
    const rest = [...this.all].filter(([app, { requests }]) => requests > 0 && !this.named.has(app));
    rest.sort(([, a], [, b]) => b.requests - a.requests);
    for (const [app, tally] of rest.slice(0, this.max - this.named.size)) {
      if (this.look - tally.active > IDLE_LOOKS) continue;
      // What it did since the last look was told of nowhere yet.
      this.named.set(app, { tally, from: tally.last });
    }
  }
}

function countsOf({ requests, errors, messages }: Counts): Counts {
  return { requests, errors, messages };
}

function add(to: { -readonly [K in keyof Counts]: number }, what: Counts, sign: 1 | -1): void {
  to.requests += what.requests * sign;
  to.errors += what.errors * sign;
  to.messages += what.messages * sign;
}
