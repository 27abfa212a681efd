import { kindOf, type Output } from '@magpie/protocol';
import { uploadMedia } from '../outbox/media.ts';
import { Outbox } from '../outbox/outbox.ts';
import type { ClientMessage } from '../types.ts';
import { Windows } from '../windows/windows.ts';
import type { Core } from './core.ts';

/** How the outbox and the windows reach the rest of a client. */
export function createOutbox(
  core: Core,
  onChange: (message: ClientMessage) => void,
  onSent: (message: ClientMessage) => void,
): Outbox {
  const { platform, sendTimeout, requestTimeout } = core.options;
  return new Outbox({
    platform,
    sendTimeout,
    requestTimeout,
    me: core.me,
    now: () => core.session.now(),
    isOnline: () => core.session.state === 'online',
    mayLeave: (ref) => core.rooms.sure(ref),
    isKept: ({ ref, store }) => store !== false && (kindOf(ref) !== 'room' || core.rooms.keeps(ref)),
    post(input, timeout, settle) {
      // After a lost connection a room is told of only when it is sure that this device is still in: the outbox waits for that.
      const once = input.store === false || kindOf(input.ref) === 'room';
      return core.requests.post(
        'message.send',
        input,
        timeout,
        (error, output) => settle(error, output as Output<'message.send'> | undefined),
        once ? 'once' : undefined,
      );
    },
    upload: (content, media, options) =>
      uploadMedia((job, how) => core.upload(job, how ?? {}), content, media, options),
    onChange,
    onSent,
  });
}

export function createWindows(core: Core, onThrown: (thrown: unknown) => void): Windows {
  return new Windows({
    store: core.store,
    turn: core.turn,
    revisions: core.revisions,
    me: core.me,
    keyOf: (ref) => core.keyOf(ref),
    outgoing: (ref) => core.outbox.outgoing(ref),
    fetch: ({ types, limit = 20, ...options }) =>
      core.request('message.list', {
        ...options,
        limit: Math.min(100, limit),
        ...(types ? { types: [...types] } : {}),
      }),
    onThrown,
  });
}
