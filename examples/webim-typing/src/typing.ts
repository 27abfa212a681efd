import WebIM, { type EasemobChat } from 'easemob-websdk';

/** While somebody types they say so at most this often; the hint goes away after as long without a word. */
const PERIOD = 5_000;

/** Tells the other side that this one is typing, and whether the other one is. */
export class TypingIndicator {
  private readonly connection: EasemobChat.Connection;
  private readonly onHint: (user: string, typing: boolean) => void;
  private readonly saidAt = new Map<string, number>();
  private readonly hints = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(connection: EasemobChat.Connection, onHint: (user: string, typing: boolean) => void) {
    this.connection = connection;
    this.onHint = onHint;
    connection.addEventHandler('typing', {
      onCmdMessage: ({ action, from = '' }) => {
        if (action === 'TypingBegin') this.show(from);
        if (action === 'TypingEnd') this.hide(from);
      },
      // What was being typed has arrived.
      onMessage: (messages) => messages.forEach(({ from = '' }) => this.hide(from)),
    });
  }

  /** Call on every change of the input. */
  async input(to: string): Promise<void> {
    const now = Date.now();
    if (now - (this.saidAt.get(to) ?? 0) < PERIOD) return;
    this.saidAt.set(to, now);
    const command = WebIM.message.create({ type: 'cmd', chatType: 'singleChat', to, action: 'TypingBegin' });
    await this.connection.send(command);
  }

  close(): void {
    this.connection.removeEventHandler('typing');
    for (const timer of this.hints.values()) clearTimeout(timer);
    this.hints.clear();
  }

  private show(user: string): void {
    const running = this.hints.get(user);
    clearTimeout(running);
    this.hints.set(
      user,
      setTimeout(() => this.hide(user), PERIOD),
    );
    if (running === undefined) this.onHint(user, true);
  }

  private hide(user: string): void {
    const running = this.hints.get(user);
    if (running === undefined) return;
    clearTimeout(running);
    this.hints.delete(user);
    this.onHint(user, false);
  }
}
