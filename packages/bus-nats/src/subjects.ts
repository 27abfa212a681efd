const TOKEN = /^[^\s.*>\p{Cc}]+$/u;

/** NATS would take a subject with spaces for a command with more words, and match one with `*` as it stands. */
export function checkSubject(subject: string): void {
  for (const token of subject.split('.'))
    if (!TOKEN.test(token)) throw new TypeError(`not a subject: ${JSON.stringify(subject)}`);
}

export function checkPattern(pattern: string): void {
  const tokens = pattern.split('.');
  for (const [i, token] of tokens.entries())
    if (!(TOKEN.test(token) || token === '*' || (token === '>' && i === tokens.length - 1)))
      throw new TypeError(`not a pattern of subjects: ${JSON.stringify(pattern)}`);
}
