import { ZIMErrorCode } from './enums/error-code.ts';
import { ZIMConnectionState } from './enums/general.ts';
import type { Context } from './context.ts';
import { invalid, toZimError, unsupported, zimError } from './errors.ts';
import type { ConnectionCause } from './map/connection.ts';
import type { ZIMApi } from './types/api.ts';
import type { ZIMError } from './types/general.ts';
import { updateProfile } from './users.ts';

interface Login {
  readonly user: string;
  readonly token: string;
  /** Empty: keep the one on the server. */
  readonly name: string;
  readonly customStatus: string;
}

const textOr = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise);

/** Both documented forms: `(userInfo, token)` and `(userID, config)`. */
export function loginOf(first: unknown, second: unknown): Login {
  const byInfo = typeof first === 'object' && first !== null;
  const info = (byInfo ? first : second) as Readonly<Record<string, unknown>> | null | undefined;
  const user = byInfo ? info?.userID : first;
  const token = byInfo ? second : info?.token;
  if (typeof user !== 'string' || user === '') throw invalid('userID must be a non-empty string');
  if (typeof token !== 'string' || token === '')
    throw zimError(ZIMErrorCode.NetworkModuleTokenInvalid, 'token must be a non-empty string');
  return {
    user,
    token,
    name: textOr(info?.userName, ''),
    customStatus: byInfo ? '' : textOr(info?.customStatus, ''),
  };
}

/** A token that is not of the only version there is has a number of its own. */
function tokenError(error: ZIMError, token: string): ZIMError {
  if (error.code !== ZIMErrorCode.NetworkModuleTokenInvalid || token.startsWith('04')) return error;
  return zimError(ZIMErrorCode.NetworkModuleTokenVersionError, 'the token is not of version 04');
}

function causeOf(error: ZIMError): ConnectionCause {
  if (error.code === ZIMErrorCode.NetworkModuleTokenExpired) return 'expired';
  const timedOut =
    error.code === ZIMErrorCode.NetworkModuleNetworkError ||
    error.code === ZIMErrorCode.NetworkModuleRequestTimeout;
  return timedOut ? 'timedOut' : 'refused';
}

async function afterLogin(ctx: Context, login: Login, knownName: string): Promise<void> {
  if (login.name !== '' && login.name !== knownName) {
    await updateProfile(ctx, { name: login.name }).catch((thrown: unknown) =>
      ctx.events.emit('error', toZimError(thrown)),
    );
  }
  if (login.customStatus !== '')
    ctx.events.emit('error', unsupported('customStatus', 'presence is not available yet'));
}

export function createSession(
  ctx: Context,
): Pick<ZIMApi, 'login' | 'logout' | 'renewToken' | 'setLogConfig'> {
  const login = async (first: unknown, second: unknown): Promise<void> => {
    const wanted = loginOf(first, second);
    if (ctx.link.state !== ZIMConnectionState.Disconnected) {
      throw zimError(ZIMErrorCode.NetworkModuleUserHasAlreadyLogged, 'this instance is logged in already');
    }
    ctx.link.move('login');
    try {
      const { profile } = await ctx.client.session.open({ token: wanted.token, user: wanted.user });
      ctx.link.move('accepted');
      await afterLogin(ctx, wanted, profile.name ?? '');
    } catch (thrown) {
      const error = tokenError(toZimError(thrown, 'login'), wanted.token);
      ctx.link.move(causeOf(error));
      throw error;
    }
  };
  return {
    login,
    logout: () => {
      ctx.client.session
        .close()
        .catch((thrown: unknown) => ctx.log.write('warn', 'logout did not reach the server', thrown));
      ctx.link.move('logout');
    },
    renewToken: (token) =>
      ctx.call('login', async () => {
        if (typeof token !== 'string' || token === '') {
          throw zimError(ZIMErrorCode.NetworkModuleTokenInvalid, 'token must be a non-empty string');
        }
        await ctx.client.session.renew(token).catch((thrown: unknown) => {
          throw tokenError(toZimError(thrown, 'login'), token);
        });
        return { token };
      }),
    setLogConfig: (config) => ctx.log.setLevel(config?.logLevel),
  };
}
