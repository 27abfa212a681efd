import type { Conversation, Input, OperationName, Output, People, Position, SyncPage } from '@magpie/protocol'; // prettier-ignore

type Request = <N extends OperationName>(op: N, input: Input<N>) => Promise<Output<N>>;

/** Reads `sync.since` to its end, a page at a time. */
export async function eachPage(
  request: Request,
  position: Position,
  valid: () => boolean,
  take: (page: SyncPage) => Promise<void>,
): Promise<void> {
  let cursor: string | undefined;
  do {
    const page: SyncPage = await request('sync.since', { position, ...(cursor === undefined ? {} : { cursor }) }); // prettier-ignore
    if (!valid()) return;
    await take(page);
    if (!valid()) return;
    cursor = page.next;
  } while (cursor !== undefined);
}

/** All rows of the list. */
export async function allRows(
  request: Request,
  valid: () => boolean,
): Promise<{ rows: readonly Conversation[]; people: People }> {
  const rows: Conversation[] = [];
  const people: People = {};
  let cursor: string | undefined;
  do {
    const page: Output<'conversation.list'> = await request('conversation.list', { limit: 100, ...(cursor === undefined ? {} : { cursor }) }); // prettier-ignore
    rows.push(...page.conversations);
    Object.assign(people, page.people);
    cursor = page.next;
  } while (cursor !== undefined && valid());
  return { rows, people };
}
