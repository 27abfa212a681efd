/** Tables of the slices that came with the fourth migration. */

/** Which entry holds which file. */
export interface FileRefTable {
  app: string;
  file: string;
  conv: number;
  seq: number;
}

export interface AuditTable {
  app: string;
  at: number;
  id: string;
  by_whom: string;
  address: string | null;
  operation: string;
  user_id: string | null;
  target: string | null;
  outcome: string | null;
  input: string;
}

export interface ErasureTable {
  app: string;
  user_id: string;
  messages: string;
  started_at: number;
  done_at: number | null;
  entries: number;
}
