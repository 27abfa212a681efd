import type { Notify } from '@magpie/protocol';
import { statusCode } from './constants.ts';
import { told, type Context } from './context.ts';
import { refuse, unsupported } from './errors.ts';
import type { GroupOptions } from './group.ts';
import { normalizeChatType } from './map/ids.ts';
import type { AsyncResult, Callbacks } from './types/results.ts';

export type RemindType = 'ALL' | 'AT' | 'NONE';

export interface ConversationSilentOptions extends Callbacks {
  conversationId: string;
  type: 'singleChat' | 'groupChat' | 'chatRoom' | string;
}

export interface SilentModeParam {
  paramType: number;
  remindType?: RemindType | string;
  duration?: number;
}

export interface SilentMode {
  type: RemindType;
  ignoreDuration: number;
  ignoreInterval: string;
}

const LEVELS: Readonly<Record<RemindType, Notify['level']>> = { ALL: 'all', AT: 'mentions', NONE: 'none' };
const REMINDS: Readonly<Record<Notify['level'], RemindType>> = { all: 'ALL', mentions: 'AT', none: 'NONE' };

const toMode = (notify: Notify | undefined): SilentMode => ({
  type: REMINDS[notify?.level ?? 'all'],
  ignoreDuration: 0,
  ignoreInterval: '',
});

/** How single conversations notify, and groups whose messages are not wanted at all. */
export function silentSlice(context: Context) {
  const place = ({ conversationId, type }: ConversationSilentOptions): string =>
    context.ref(normalizeChatType(type), conversationId);

  async function mute(ref: string, notify: Notify): Promise<AsyncResult<SilentMode>> {
    await context.requireLogin().conversations.mute(ref, notify);
    return context.result(toMode(notify));
  }

  const shield = (
    options: GroupOptions,
    on: boolean,
  ): Promise<AsyncResult<{ action: string; groupid: string; result: true; user: string }>> =>
    told(context, options, async () => {
      await mute(`g:${options.groupId}`, on ? { level: 'none', discard: true } : { level: 'all' });
      return context.result({
        action: on ? 'shield' : 'unshield',
        groupid: options.groupId,
        result: true,
        user: context.me,
      });
    });

  return {
    setSilentModeForConversation(
      options: ConversationSilentOptions & { options: SilentModeParam },
    ): Promise<AsyncResult<SilentMode>> {
      return told(context, options, async () => {
        const { paramType, remindType } = options.options;
        if (paramType !== 0)
          throw unsupported('setSilentModeForConversation', 'durations and intervals are not available');
        const level = LEVELS[String(remindType).toUpperCase() as RemindType];
        if (!level)
          throw refuse(
            statusCode.REQUEST_PARAMETER_ERROR,
            'setSilentModeForConversation: unknown remindType',
          );
        return mute(place(options), { level });
      });
    },

    clearRemindTypeForConversation: (options: ConversationSilentOptions): Promise<AsyncResult<SilentMode>> =>
      told(context, options, () => mute(place(options), { level: 'all' })),

    getSilentModeForConversation: (options: ConversationSilentOptions): Promise<AsyncResult<SilentMode>> =>
      told(context, options, async () => {
        const client = await context.ready();
        return context.result(toMode(client.conversations.get(place(options))?.notify));
      }),

    blockGroupMessage: (options: GroupOptions) => shield(options, true),
    unblockGroupMessage: (options: GroupOptions) => shield(options, false),
  };
}
