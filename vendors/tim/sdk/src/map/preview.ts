import type { MessagePayload, MessageType } from '../types.ts';

const WORDS: Readonly<Record<Exclude<MessageType, 'TIMTextElem'>, string>> = {
  TIMImageElem: '[图片]',
  TIMSoundElem: '[语音]',
  TIMVideoFileElem: '[视频]',
  TIMFileElem: '[文件]',
  TIMFaceElem: '[表情]',
  TIMLocationElem: '[位置]',
  TIMCustomElem: '[自定义消息]',
  TIMRelayElem: '[聊天记录]',
  TIMGroupTipElem: '[群提示消息]',
  TIMGroupSystemNoticeElem: '[群系统通知]',
};

/** `lastMessage.messageForShow`: the text, or what it is instead, in the words apps compare with. */
export function previewOf(type: MessageType, payload: Pick<MessagePayload, 'text'>): string {
  return type === 'TIMTextElem' ? payload.text : WORDS[type];
}
