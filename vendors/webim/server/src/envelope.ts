import { createHash } from 'node:crypto';
import type { EasemobApp, WebimRequest } from './ports.ts';

/** A stable name-based UUID: the vendor's answers carry uuids where we have ids. */
export function uuidOf(...names: readonly string[]): string {
  const hash = createHash('sha256').update(names.join('\u0000')).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}

export const applicationOf = (app: EasemobApp): string => uuidOf('app', app.id);

export interface UserEntity {
  readonly uuid: string;
  readonly type: 'user';
  readonly created: number;
  readonly modified: number;
  readonly username: string;
  readonly activated: true;
  readonly nickname?: string;
}

export function userEntity(app: EasemobApp, userId: string, at: number, nickname?: string): UserEntity {
  return {
    uuid: uuidOf('user', app.id, userId),
    type: 'user',
    created: at,
    modified: at,
    username: userId.toLowerCase(),
    activated: true,
    ...(nickname === undefined ? {} : { nickname }),
  };
}

/** What every REST answer of the vendor is wrapped in. `path` is below `/{org}/{app}`. */
export function envelope(
  app: EasemobApp,
  request: WebimRequest,
  action: string,
  path: string,
  times: { readonly startedAt: number; readonly now: number },
): Record<string, unknown> {
  const { org = '', app: name = '' } = request.params;
  return {
    action,
    application: applicationOf(app),
    path,
    uri: `${request.origin}/${org}/${name}${path}`,
    entities: [],
    timestamp: times.now,
    duration: Math.max(0, times.now - times.startedAt),
    organization: org,
    applicationName: name,
  };
}
