import { ZIM } from 'zego-zim-web';
import type { ZIMEventOfConversationMessageReceivedResult, ZIMMessage, ZIMTextMessage } from 'zego-zim-web';

export interface ChatOptions {
  readonly appID: number;
  readonly userID: string;
  /** Asks the app's own back end. */
  readonly getToken: () => Promise<string>;
  readonly onText: (from: string, text: string) => void;
  readonly onState: (text: string) => void;
}

export interface Chat {
  login(): Promise<void>;
  send(to: string, text: string): Promise<ZIMMessage>;
  history(peer: string): Promise<string[]>;
  logout(): void;
}

const PEER = 0;

function textOf(message: ZIMMessage): string {
  return message.type === 1 ? (message as ZIMTextMessage).message : `[type ${message.type}]`;
}

/** Everything this app does with ZIM. */
export function createChat({ appID, userID, getToken, onText, onState }: ChatOptions): Chat {
  ZIM.create({ appID });
  // `create` answers null when there is an instance already, as after a hot reload; `getInstance` always has it.
  const zim = ZIM.getInstance();
  if (zim === null) throw new Error('ZIM.create failed: is the appID right?');

  zim.on('error', (_zim, { code, message }) => onState(`error ${code}: ${message}`));
  zim.on('connectionStateChanged', (_zim, { state, event }) => onState(`connection ${state}/${event}`));
  zim.on('tokenWillExpire', (_zim, { second }) => {
    onState(`token ends in ${second} s`);
    getToken()
      .then((token) => zim.renewToken(token))
      .then(() => onState('token renewed'))
      .catch((error: unknown) => onState(`renewal failed: ${JSON.stringify(error)}`));
  });
  zim.on(
    'peerMessageReceived',
    (_zim, { messageList, fromConversationID }: ZIMEventOfConversationMessageReceivedResult) => {
      for (const message of messageList) onText(fromConversationID, textOf(message));
    },
  );

  return {
    login: async () => {
      const token = await getToken();
      await zim.login(userID, {
        userName: `User ${userID}`,
        token,
        isOfflineLogin: false,
        customStatus: '',
        customStatusDuration: 0,
      });
    },
    send: async (to, text) => {
      const message: ZIMTextMessage = { type: 1, message: text };
      const notification = {
        onMessageAttached: (attached: ZIMMessage) => onState(`sending ${attached.localMessageID}`),
      };
      const result = await zim.sendMessage(message, to, PEER, { priority: 1 }, notification);
      return result.message;
    },
    history: async (peer) => {
      const { messageList } = await zim.queryHistoryMessage(peer, PEER, {
        count: 30,
        reverse: true,
        mode: 0,
      });
      return messageList.map((message) => `${message.senderUserID}: ${textOf(message)}`);
    },
    logout: () => {
      zim.logout();
      zim.destroy();
    },
  };
}
