import { statusCode } from './constants.ts';
import { environment, miniProgram, type MiniProgram } from './environment.ts';
import { ErrorEvent, refuse } from './errors.ts';
import { fileTypeOf } from './map/files.ts';
import { splitAppKey } from './map/ids.ts';
import { uniqueId } from './unique-id.ts';
import type { FileObj, UploadFileResult } from './types/message.ts';

/** HTTP and environment helpers the vendor hands to applications. Nothing in the facade itself uses them. */
export interface AjaxOptions {
  url: string;
  type?: string;
  dataType?: string;
  data?: unknown;
  headers?: Record<string, string>;
  responseType?: string;
  mimeType?: string;
  success?: (data: unknown) => void;
  error?: (error: ErrorEvent) => void;
}

const failed = (message: string, data?: unknown): ErrorEvent =>
  new ErrorEvent({ type: statusCode.WEBIM_CONNCTION_AJAX_ERROR, message, data });

async function fetchAnswer(options: AjaxOptions): Promise<unknown> {
  const { url, type = 'GET', data, headers = {}, responseType } = options;
  const body = data === undefined ? undefined : typeof data === 'string' ? data : JSON.stringify(data);
  const response = await fetch(url, {
    method: type,
    headers: { 'Content-Type': 'application/json', ...headers },
    ...(body === undefined || type === 'GET' ? {} : { body }),
  });
  if (responseType === 'blob')
    return response.ok ? response.blob() : Promise.reject(failed('request failed'));
  const text = await response.text();
  const answer: unknown = parseJson(text);
  if (!response.ok)
    throw failed(`request failed with status ${response.status}`, { status: response.status, data: answer });
  return answer;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function requestThrough(
  api: MiniProgram,
  { url, type = 'GET', data, headers = {} }: AjaxOptions,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    api.request({
      url,
      method: type,
      data,
      header: { 'Content-Type': 'application/json', ...headers },
      success: (answer: { statusCode: number; data: unknown }) =>
        answer.statusCode < 400
          ? resolve(answer.data)
          : reject(
              failed(`request failed with status ${answer.statusCode}`, {
                status: answer.statusCode,
                data: answer.data,
              }),
            ),
      fail: (error: { errMsg?: string }) => reject(failed(error.errMsg ?? 'request failed', error)),
    });
  });
}

/** Generic HTTP; in mini-programs through their own request call. */
export async function ajax(options: AjaxOptions): Promise<unknown> {
  try {
    const mini = miniProgram();
    const answer = await (mini ? requestThrough(mini.api, options) : fetchAnswer(options));
    options.success?.(answer);
    return answer;
  } catch (thrown) {
    const error = thrown instanceof ErrorEvent ? thrown : failed(String(thrown), thrown);
    options.error?.(error);
    throw error;
  }
}

interface FileInput {
  readonly files?: ArrayLike<Blob & { readonly name: string }> | null;
}

/** The chosen file of an `<input type="file">`. */
export function getFileUrl(input: string | object): FileObj {
  const element =
    typeof input === 'string' ? environment().document?.getElementById(input) : (input as FileInput);
  const file = element?.files?.[0];
  if (!file) return { url: '', filename: '', filetype: '', data: new Blob([]) };
  return { url: URL.createObjectURL(file), filename: file.name, filetype: fileTypeOf(file.name), data: file };
}

export interface UploadOptions {
  file: { data?: unknown; filename?: string } | object;
  accessToken: string;
  appKey: string;
  apiUrl?: string;
  uploadUrl?: string;
  onFileUploadProgress?: (event: { loaded: number; total: number }) => void;
  onFileUploadComplete?: (data: UploadFileResult) => void;
  onFileUploadError?: (error: ErrorEvent) => void;
  onFileUploadCanceled?: () => void;
}

/** Posts a file to the `chatfiles` endpoint of a server. Callbacks only, as the vendor's. */
export function uploadFile(options: UploadOptions): void {
  void post(options).then(
    (data) => options.onFileUploadComplete?.(data),
    (thrown: unknown) =>
      options.onFileUploadError?.(
        thrown instanceof ErrorEvent
          ? thrown
          : new ErrorEvent({
              type: statusCode.WEBIM_UPLOADFILE_ERROR,
              message: String(thrown),
              data: thrown,
            }),
      ),
  );
}

async function post({
  file,
  accessToken,
  appKey,
  apiUrl,
  uploadUrl,
}: UploadOptions): Promise<UploadFileResult> {
  if (!accessToken) throw refuse(statusCode.WEBIM_UPLOADFILE_NO_LOGIN, 'uploadFile: no access token');
  const { orgName, appName } = splitAppKey(appKey);
  const given = file as { data?: unknown; filename?: string; name?: string };
  const data = given.data ?? file;
  const form = new FormData();
  const blob = data instanceof Uint8Array ? new Blob([data as Uint8Array<ArrayBuffer>]) : (data as Blob);
  form.append('file', blob, given.filename ?? given.name ?? 'file');
  const response = await fetch(uploadUrl ?? `${apiUrl ?? ''}/${orgName}/${appName}/chatfiles`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${accessToken}` },
    body: form,
  });
  const answer = parseJson(await response.text()) as UploadFileResult;
  if (!response.ok) {
    throw new ErrorEvent({
      type: statusCode.WEBIM_UPLOADFILE_ERROR,
      message: `upload failed with status ${response.status}`,
      data: answer,
    });
  }
  return { ...answer, url: answer.uri };
}

export interface DownloadOptions {
  url: string;
  secret?: string;
  id?: string;
  headers?: Record<string, string>;
  onFileDownloadComplete: (data: unknown) => void;
  onFileDownloadError: (error: { type: number; id: string; xhr: unknown }) => void;
  [key: string]: unknown;
}

/** Fetches an attachment. */
export function download(options: DownloadOptions): void {
  const { url, secret, headers = {}, id = '' } = options;
  const fail = (type: number, xhr: unknown): void => options.onFileDownloadError({ type, id, xhr });
  const request = {
    headers: {
      Accept: 'application/octet-stream',
      ...headers,
      ...(secret ? { 'share-secret': secret } : {}),
    },
  };
  fetch(url, request).then(
    async (response) => {
      if (response.ok) options.onFileDownloadComplete(await response.blob());
      else if (response.status === 401 || response.status === 403)
        fail(statusCode.WEBIM_DOWNLOADFILE_ERROR_NO_PERMISSION, response);
      else fail(statusCode.WEBIM_DOWNLOADFILE_ERROR, response);
    },
    (error: unknown) => fail(statusCode.WEBIM_DOWNLOADFILE_ERROR, error),
  );
}

/** A usable address of what `download` brought. */
export function parseDownloadResponse(response: unknown): string {
  return typeof response === 'string' ? response : URL.createObjectURL(response as Blob);
}

/** Network changes, where the environment tells of them. */
export function listenNetwork(online: () => void, offline: () => void): void {
  const mini = miniProgram();
  if (mini?.api.onNetworkStatusChange) {
    mini.api.onNetworkStatusChange(({ isConnected }) => (isConnected ? online() : offline()));
    return;
  }
  environment().addEventListener?.('online', online);
  environment().addEventListener?.('offline', offline);
}

export function getEnvInfo(): { platform: 'web' | 'wx' | 'uni' | 'node'; global: unknown } {
  const mini = miniProgram();
  return {
    platform: mini?.platform ?? (environment().document ? 'web' : 'node'),
    global: globalThis,
  };
}

/** `WebIM.utils`. */
export const utils = {
  getUniqueId: uniqueId,
  getFileUrl,
  ajax,
  wxRequest: ajax,
  uploadFile,
  download,
  parseDownloadResponse,
  listenNetwork,
  getEnvInfo,
};
