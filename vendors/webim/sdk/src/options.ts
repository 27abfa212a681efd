/** `new WebIM.connection(options)`: every option of the vendor; unknown ones are tolerated. */
export interface ConnectionParameters {
  appKey?: string;
  appId?: string;
  delivery?: boolean;
  heartBeatWait?: number;
  deviceId?: string;
  useOwnUploadFun?: boolean;
  useReplacedMessageContents?: boolean;
  autoReconnectNumMax?: number;
  isHttpDNS?: boolean;
  apiUrl?: string;
  url?: string;
  https?: boolean;
  isFixedDeviceId?: boolean;
  customOSPlatform?: number;
  customDeviceName?: string;
  isAutoLogin?: boolean;
  isDebug?: boolean;
  [key: string]: unknown;
}

/** The same, read once. */
export interface ConnectionOptions {
  readonly appKey: string;
  readonly server: string | undefined;
  readonly delivery: boolean;
  readonly deviceId: string | undefined;
  readonly isFixedDeviceId: boolean;
  readonly customDeviceName: string | undefined;
  /** Undefined: reconnect for as long as it takes. */
  readonly autoReconnectNumMax: number | undefined;
}

/** The vendor's own cloud cannot be a server of ours: an app that still names it is sent where `configure` says. */
const VENDOR_HOSTS = /(^|\.)(easemob\.com|agora\.io)$/i;

/** `apiUrl`, else `url` without the vendor's socket path; undefined when neither names a server of ours. */
export function serverOf(parameters: ConnectionParameters): string | undefined {
  for (const address of [parameters.apiUrl, parameters.url]) {
    if (typeof address !== 'string' || address.trim() === '') continue;
    const scheme = parameters.https === false ? 'http:' : 'https:';
    const full = address.startsWith('//') ? scheme + address : address;
    const [, origin = '', path = ''] =
      /^([a-z]+:\/\/[^/?#]+)([^?#]*)/i.exec(full.includes('://') ? full : `${scheme}//${full}`) ?? [];
    const host = origin.replace(/^[a-z]+:\/\//i, '').replace(/:\d+$/, '');
    if (origin === '' || VENDOR_HOSTS.test(host)) continue;
    return origin + path.replace(/\/(websocket|ws)\/?$/i, '').replace(/\/+$/, '');
  }
  return undefined;
}

const DEVICE_ID = /^[\x21-\x7e]{1,64}$/;

export function readOptions(parameters: ConnectionParameters): ConnectionOptions {
  const { appKey, appId, deviceId, customDeviceName, autoReconnectNumMax } = parameters;
  return {
    appKey: (appKey || appId || '').trim(),
    server: serverOf(parameters),
    delivery: parameters.delivery === true,
    deviceId:
      typeof deviceId === 'string' && deviceId !== ''
        ? DEVICE_ID.test(deviceId)
          ? deviceId
          : encodeDevice(deviceId)
        : undefined,
    isFixedDeviceId: parameters.isFixedDeviceId !== false,
    customDeviceName: typeof customDeviceName === 'string' ? customDeviceName.slice(0, 128) : undefined,
    autoReconnectNumMax: typeof autoReconnectNumMax === 'number' ? autoReconnectNumMax : undefined,
  };
}

/** Any text as a device id: what an instance may be called is narrower than the vendor's. */
function encodeDevice(id: string): string {
  return encodeURIComponent(id).slice(0, 64);
}
