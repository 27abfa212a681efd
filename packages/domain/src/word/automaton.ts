/**
 * Aho–Corasick over numbers: finds all of many words in one pass, however they overlap. States are numbers; 0 is the start, where
 * nothing was seen.
 */
export interface Automaton {
  /** The state after one more symbol. */
  step(state: number, symbol: number): number;
  /** The longest word that ends here, as the state that stands for it; 0: none. */
  longest(state: number): number;
  /** For the state of a word: the next shorter word that ends where it does; 0: none. */
  shorter(state: number): number;
  /** For the state of a word: its place among those given. */
  word(state: number): number;
}

type Words = readonly (readonly number[])[];

/** A trie without an object per node: see `growTrie`. */
interface Trie {
  readonly label: Int32Array;
  /** The children of `s` are the states from `children[s]` to before `children[s + 1]`, in the order of their labels. */
  readonly children: Int32Array;
  readonly parent: Int32Array;
  /** The word that ends at a state; -1: none. */
  readonly word: Int32Array;
}

/** `words` are not empty and all different. */
export function createAutomaton(words: Words): Automaton {
  const { label, children, parent, word } = growTrie(words);
  const starts = new Map<number, number>();
  for (let state = 1; state < (children[1] ?? 0); state++) starts.set(label[state] ?? 0, state);

  const childOf = (state: number, symbol: number): number => {
    if (state === 0) return starts.get(symbol) ?? 0;
    let low = children[state] ?? 0;
    let high = (children[state + 1] ?? 0) - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = label[middle] ?? 0;
      if (found === symbol) return middle;
      if (found < symbol) low = middle + 1;
      else high = middle - 1;
    }
    return 0;
  };

  /** The state of the longest proper end of a state that some word begins with. */
  const fallback = new Int32Array(label.length);
  const step = (state: number, symbol: number): number => {
    for (let from = state; ; from = fallback[from] ?? 0) {
      const next = childOf(from, symbol);
      if (next !== 0 || from === 0) return next;
    }
  };

  // Level by level, so that shorter states are done before longer ones need them.
  const longest = new Int32Array(label.length);
  for (let state = 1; state < label.length; state++) {
    const above = parent[state] ?? 0;
    const end = above === 0 ? 0 : step(fallback[above] ?? 0, label[state] ?? 0);
    fallback[state] = end;
    longest[state] = word[state] === -1 ? (longest[end] ?? 0) : state;
  }
  return {
    step,
    longest: (state) => longest[state] ?? 0,
    shorter: (state) => longest[fallback[state] ?? 0] ?? 0,
    word: (state) => word[state] ?? -1,
  };
}

/** Numbers the nodes level by level: in sorted words, those that share a beginning stand together, and so do their nodes. */
function growTrie(words: Words): Trie {
  const sorted = words
    .map((symbols, index) => ({ symbols, index }))
    .sort((a, b) => compare(a.symbols, b.symbols));
  const nodes = [{ label: 0, parent: 0, depth: 0, from: 0, to: sorted.length }];
  const children: number[] = [];
  const ends: number[] = [];
  for (let state = 0; state < nodes.length; state++) {
    const { depth, from, to } = nodes[state] ?? { depth: 0, from: 0, to: 0 };
    const first = sorted[from];
    const ended = first !== undefined && first.symbols.length === depth;
    children.push(nodes.length);
    ends.push(ended ? first.index : -1);
    for (let begin = ended ? from + 1 : from; begin < to;) {
      const label = sorted[begin]?.symbols[depth] ?? 0;
      let end = begin + 1;
      while (end < to && sorted[end]?.symbols[depth] === label) end += 1;
      nodes.push({ label, parent: state, depth: depth + 1, from: begin, to: end });
      begin = end;
    }
  }
  children.push(nodes.length);
  return {
    label: Int32Array.from(nodes, ({ label }) => label),
    parent: Int32Array.from(nodes, ({ parent }) => parent),
    children: Int32Array.from(children),
    word: Int32Array.from(ends),
  };
}

function compare(a: readonly number[], b: readonly number[]): number {
  const common = Math.min(a.length, b.length);
  for (let i = 0; i < common; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
