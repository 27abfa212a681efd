/** A space, a wildcard, a control character, or a token of nothing. One expression: this is asked of everything that is published. */
const BAD = /[\s*>\p{Cc}]|^\.|\.\.|\.$|^$/u;

/** NATS would take a subject with spaces for a command with more words, and match one with `*` as it stands. */
export function checkSubject(subject: string): void {
  if (BAD.test(subject)) throw new TypeError(`not a subject: ${JSON.stringify(subject)}`);
}

export function checkPattern(pattern: string): void {
  const tokens = pattern.split('.');
  for (const [i, token] of tokens.entries())
    if (BAD.test(token) && token !== '*' && !(token === '>' && i === tokens.length - 1))
      throw new TypeError(`not a pattern of subjects: ${JSON.stringify(pattern)}`);
}
