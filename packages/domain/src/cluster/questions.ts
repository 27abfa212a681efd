import type { Report, Scheduler } from '../ports/platform.ts';

/** What questions need of whoever takes notes to other nodes. */
export interface Post {
  readonly scheduler: Scheduler;
  readonly report?: Report | undefined;
  tell(kind: string, body: unknown, to: readonly string[]): void;
}

interface Question {
  readonly id: number;
  readonly kind: string;
  readonly body: unknown;
}

interface Asked {
  readonly answers: Map<string, unknown>;
  readonly missing: Set<string>;
  readonly done: () => void;
}

/** Kinds of notes. */
export const QUESTION = '?';
export const ANSWER = '!';

/** A node that does not answer for so long is left out. */
const PATIENCE = 1_000;

/** What nodes ask each other, as notes there and back. */
export class Questions {
  private readonly post: Post;
  private readonly answers = new Map<string, (body: never, from: string) => unknown>();
  private readonly asked = new Map<number, Asked>();
  private nextId = 1;

  constructor(post: Post) {
    this.post = post;
  }

  answer<B>(kind: string, handler: (body: B, from: string) => unknown): void {
    this.answers.set(kind, handler);
  }

  /** Answers by node, of those that answer in time. */
  async ask<A>(kind: string, body: unknown, to: readonly string[]): Promise<ReadonlyMap<string, A>> {
    if (to.length === 0) return new Map();
    const id = this.nextId++;
    const answers = new Map<string, unknown>();
    await new Promise<void>((resolve) => {
      const cancel = this.post.scheduler.after(PATIENCE, resolve);
      const done = (): void => {
        cancel();
        resolve();
      };
      this.asked.set(id, { answers, missing: new Set(to), done });
      this.post.tell(QUESTION, { id, kind, body } satisfies Question, to);
    });
    this.asked.delete(id);
    return answers as ReadonlyMap<string, A>;
  }

  /** Another node asks. */
  async reply({ id, kind, body }: Question, from: string): Promise<void> {
    try {
      const answer = await this.answers.get(kind)?.(body as never, from);
      this.post.tell(ANSWER, { id, answer: answer ?? null }, [from]);
    } catch (error) {
      // The one who asks goes on without it.
      this.post.report?.(`a question of another node (${kind}) could not be answered`, error);
    }
  }

  /** Another node has answered. */
  take({ id, answer }: { readonly id: number; readonly answer: unknown }, from: string): void {
    const asked = this.asked.get(id);
    if (!asked?.missing.delete(from)) return;
    asked.answers.set(from, answer);
    if (asked.missing.size === 0) asked.done();
  }

  /** It will not answer any more. */
  gone(node: string): void {
    for (const { missing, done } of this.asked.values())
      if (missing.delete(node) && missing.size === 0) done();
  }

  /** Nobody will. */
  close(): void {
    for (const { done } of this.asked.values()) done();
  }
}
