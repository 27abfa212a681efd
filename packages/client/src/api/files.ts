import { filePath } from '@magpie/protocol';
import type { Core } from '../core/core.ts';
import type { FileApi } from '../types.ts';

export function fileApi(core: Core): FileApi {
  return {
    upload: (file, options = {}) => core.upload(file, options),
    async get(fileId) {
      return (await core.request('file.get', { fileId })).file;
    },
    url({ fileId, url, name = 'file', sig }, rendition) {
      if (fileId === undefined) return url ?? '';
      const query = [
        ...(rendition ? [`size=${rendition}`] : []),
        ...(sig === undefined ? [] : [`sig=${encodeURIComponent(sig)}`]),
      ];
      const path = filePath(core.session.opened?.app ?? core.lastApp ?? '', fileId, name);
      return `${core.options.server}${path}${query.length > 0 ? `?${query.join('&')}` : ''}`;
    },
  };
}
