/** Pictures of this page that are on their way up: what the sender chose is shown until the server's own is there. */
export interface LocalMedia {
  keep(clientId: string, file: Blob): void;
  url(clientId: string): string | undefined;
  /** Stops the upload of a message, if there is one. */
  readonly uploads: Map<string, AbortController>;
  close(): void;
}

const MOST = 40;

export function createLocalMedia(): LocalMedia {
  const urls = new Map<string, string>();
  const uploads = new Map<string, AbortController>();
  const drop = (clientId: string): void => {
    URL.revokeObjectURL(urls.get(clientId) ?? '');
    urls.delete(clientId);
  };
  return {
    uploads,
    keep(clientId, file) {
      urls.set(clientId, URL.createObjectURL(file));
      for (const oldest of urls.keys()) {
        if (urls.size <= MOST) break;
        drop(oldest);
      }
    },
    url: (clientId) => urls.get(clientId),
    close() {
      for (const clientId of [...urls.keys()]) drop(clientId);
      uploads.clear();
    },
  };
}
