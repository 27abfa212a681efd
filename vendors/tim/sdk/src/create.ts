import type { Media } from '@magpie/client';
import type { ContentOf, SendableContent } from '@magpie/protocol';
import { guardedSync, type Context } from './context.ts';
import { badParams, timError } from './errors.ts';
import { contentOf } from './map/content.ts';
import { clientIdOf, refOfTarget } from './map/ids.ts';
import { corePriorityOf, mentionsOf, messageOf, type Source } from './map/message.ts';
import { pickFile, previewUrl, type PickedFile } from './map/source.ts';
import type { PendingMedia } from './table.ts';
import type {
  CustomPayload,
  FacePayload,
  LocationPayload,
  Message,
  MessageOptions,
  TextPayload,
} from './types.ts';

export interface FileOption {
  /** An input element, a File, or what a mini-program's chooser or recorder answered. */
  file: unknown;
  /** Of a video: address of a picture the app keeps itself. */
  snapshotUrl?: string | undefined;
}

const LIMITS = { image: 20, audio: 20, video: 100, file: 100 } as const;
const TOO_LARGE = { image: 2253, audio: 2301, video: 2351, file: 2402 } as const;
const NOTHING = { image: 2251, audio: 2300, video: 2350, file: 2401 } as const;
const IMAGES = /\.(jpe?g|png|gif|bmp|image|webp)$/i;

type MediaType = keyof typeof LIMITS;

/** What the vendor's SDK refuses on the spot. */
function checkFile(type: MediaType, picked: PickedFile | undefined): PickedFile {
  if (!picked) throw timError(NOTHING[type], `No ${type} was chosen.`);
  if (picked.source.kind === 'blob' && picked.size === 0) throw timError(2108, 'The file is empty.');
  if (picked.size > LIMITS[type] * 1024 * 1024)
    throw timError(TOO_LARGE[type], `The ${type} is larger than ${LIMITS[type]} MB.`);
  const image = picked.mime?.startsWith('image/') ?? IMAGES.test(picked.name);
  if (type === 'image' && picked.source.kind === 'blob' && !image)
    throw timError(2252, 'Not an image of a supported format.');
  return picked;
}

function mediaContent(type: MediaType, picked: PickedFile, snapshotUrl: string | undefined): SendableContent {
  const url = previewUrl(picked);
  const file = { name: picked.name, size: picked.size, ...(url === undefined ? {} : { url }), ...(picked.mime === undefined ? {} : { mime: picked.mime }) };
  const seconds = picked.seconds === undefined ? {} : { seconds: picked.seconds };
  const size = picked.width === undefined || picked.height === undefined ? {} : { width: Math.round(picked.width), height: Math.round(picked.height) };
  switch (type) {
    case 'image':
      return { type, file, ...size, format: (picked.name.split('.').pop() ?? '').toLowerCase().slice(0, 16) };
    case 'audio':
      return { type, file, ...seconds };
    case 'video':
      return { type, file, ...seconds, ...size, ...(snapshotUrl ? { poster: { file: { url: String(snapshotUrl) } } } : {}) };
    case 'file':
      return { type, file };
  }
} // prettier-ignore

function mediaOf({ source, name, mime }: PickedFile): Media {
  return { source, name, ...(mime === undefined ? {} : { mime }) };
}

export function createApi(context: Context) {
  const { state, table } = context;
  let sequence = 0;

  function target(options: MessageOptions<unknown> | undefined): { ref: string; group: boolean } {
    if (
      typeof options !== 'object' ||
      options === null ||
      typeof options.to !== 'string' ||
      options.to === ''
    )
      throw badParams();
    if (typeof options.payload !== 'object' || options.payload === null) throw badParams();
    const { conversationType, to } = options;
    if (conversationType !== 'C2C' && conversationType !== 'GROUP')
      throw timError(2106, 'conversationType must be C2C or GROUP.');
    return { ref: refOfTarget(conversationType, to), group: conversationType === 'GROUP' };
  }

  function message(options: MessageOptions<unknown>, content: SendableContent, pending?: PendingMedia, atUserList: readonly string[] = []): Message {
    const { ref, group } = target(options);
    const now = context.client().session.now();
    const stamp = { clientTime: Math.floor(now / 1000), random: Math.floor(Math.random() * 2 ** 32) };
    const priority = corePriorityOf(String(options.priority));
    const mentions = mentionsOf(atUserList);
    const source: Source = {
      id: '0',
      conv: '',
      ref,
      mine: true,
      from: state.user ?? '',
      time: now,
      clientId: clientIdOf(stamp),
      content,
      status: 'sending',
      ...(options.cloudCustomData === undefined ? {} : { extra: String(options.cloudCustomData) }),
      ...(priority === undefined ? {} : { priority }),
      ...(mentions ? { mentions } : {}),
      ...(options.needReadReceipt === true ? { receipt: true as const } : {}),
      ...(group && options.receiverList ? { audience: [...options.receiverList] } : {}),
    };
    const object = messageOf(source, context.env());
    if (!object) throw badParams();
    return table.create({ ...object, clientSequence: ++sequence }, pending);
  } // prettier-ignore

  function fileMessage(type: MediaType): (options: MessageOptions<FileOption>) => Message {
    return (options) => {
      target(options);
      const picked = checkFile(type, pickFile(options.payload.file));
      const content = mediaContent(type, picked, options.payload.snapshotUrl) as ContentOf<MediaType>;
      return message(options, content, { media: mediaOf(picked), content, onProgress: options.onProgress });
    };
  }

  const plain = <P extends object>(type: Parameters<typeof contentOf>[0]) => (options: MessageOptions<P>): Message => {
    target(options);
    return message(options, contentOf(type, options.payload));
  }; // prettier-ignore

  return {
    createTextMessage: guardedSync(context, 'createTextMessage', plain<TextPayload>('TIMTextElem')),
    createTextAtMessage: guardedSync(context, 'createTextAtMessage', (options: MessageOptions<TextPayload & { atUserList: string[] }>): Message => {
      const { group } = target(options);
      if (!group || !Array.isArray(options.payload.atUserList)) throw badParams();
      if (options.payload.atUserList.length > 30) throw timError(10053, 'At most 30 users can be mentioned.');
      const { receiverList: _, ...rest } = options;
      return message(rest, contentOf('TIMTextElem', options.payload), undefined, options.payload.atUserList.map(String));
    }),
    createCustomMessage: guardedSync(context, 'createCustomMessage', (options: MessageOptions<Partial<CustomPayload>>): Message => {
      target(options);
      const { data, description, extension } = options.payload;
      if ([data, description, extension].some((field) => field !== undefined && typeof field !== 'string')) throw badParams();
      return plain<Partial<CustomPayload>>('TIMCustomElem')(options);
    }),
    createFaceMessage: guardedSync(context, 'createFaceMessage', plain<FacePayload>('TIMFaceElem')),
    createLocationMessage: guardedSync(context, 'createLocationMessage', plain<LocationPayload>('TIMLocationElem')),
    createImageMessage: guardedSync(context, 'createImageMessage', fileMessage('image')),
    createAudioMessage: guardedSync(context, 'createAudioMessage', fileMessage('audio')),
    createVideoMessage: guardedSync(context, 'createVideoMessage', fileMessage('video')),
    createFileMessage: guardedSync(context, 'createFileMessage', fileMessage('file')),
  }; // prettier-ignore
}
