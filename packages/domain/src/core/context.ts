import type { Caller, Door, Input, OperationName, Output, Settings } from '@magpie/protocol';
import type { Act } from '../audit/audit.ts';
import type { Session } from '../session/registry.ts';

/** An app as the use cases see it: effective settings, no secrets. */
export interface AppContext {
  readonly id: string;
  readonly name: string;
  readonly doors: readonly Door[];
  readonly settings: Settings;
  readonly createdAt: number;
}

/** Who calls. An `admin` may name a user to act as; `userId` is then that user. */
export interface Ctx {
  readonly app: AppContext;
  readonly caller: Caller;
  /** Empty when there is none. */
  readonly userId: string;
  readonly session?: Session;
  /** The peer's address, for limits. */
  readonly address?: string;
  /** How an admin was let in, for the audit log. */
  readonly by?: string;
  /** An admin's act that the operation writes down itself. */
  readonly act?: Act;
}

/** Output that is JSON text already: history pages are never parsed on their way out. */
export class RawJson {
  readonly json: string;
  constructor(json: string) {
    this.json = json;
  }
}

export type Handler<N extends OperationName> = (ctx: Ctx, input: Input<N>) => Promise<Output<N> | RawJson>;
export type Handlers = { readonly [N in OperationName]: Handler<N> };
export type HandlersOf<Prefix extends string> = Pick<Handlers, Extract<OperationName, `${Prefix}.${string}`>>;
