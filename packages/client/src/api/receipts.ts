import type { Core } from '../core/core.ts';
import type { ReceiptApi } from '../types.ts';

export function receiptApi(core: Core): ReceiptApi {
  return {
    async send(ref, ids, options = {}) {
      await core.request('receipt.send', { ref, ids: [...ids], ...options });
    },
    async list(ids) {
      return (await core.request('receipt.list', { ids: [...ids] })).receipts;
    },
    readers: (id, { limit = 100, ...options }) => core.request('receipt.readers', { id, limit, ...options }),
  };
}
