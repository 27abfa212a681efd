import TIM, { type ChatSDK, type Conversation, type Message } from 'tim-js-sdk';

const SAVED = 'tim-login';

export interface Login {
  userID: string;
  userSig: string;
}

/** Everything this app knows of its messaging SDK. It lives in a store, so that pages see what it holds change. */
export class TIMCore {
  chat: ChatSDK;
  userID = '';
  ready = false;
  notice = '';
  conversations: Conversation[] = [];
  totalUnread = 0;
  current = '';
  messages: Message[] = [];
  nextReqMessageID = '';
  isCompleted = true;

  constructor(SDKAppID: number) {
    this.chat = TIM.create({ SDKAppID });
    this.chat.setLogLevel(1);
  }

  /** Logs in, keeps the login over reloads, and binds the handlers. */
  async login({ userID, userSig }: Login): Promise<void> {
    const { data } = await this.chat.login({ userID, userSig });
    if (data.repeatLogin) this.notice = data.errorInfo;
    this.userID = userID;
    localStorage.setItem(SAVED, JSON.stringify({ userID, userSig }));
    this.bind();
  }

  /** After a reload: the login of last time, if there is one and it still holds. */
  async restore(): Promise<boolean> {
    const saved = localStorage.getItem(SAVED);
    if (saved === null) return false;
    try {
      await this.login(JSON.parse(saved) as Login);
      return true;
    } catch (error) {
      localStorage.removeItem(SAVED);
      this.notice = error instanceof Error ? error.message : String(error);
      return false;
    }
  }

  async logout(): Promise<void> {
    this.unbind();
    localStorage.removeItem(SAVED);
    await this.chat.logout();
    this.clear();
  }

  bind(): void {
    this.unbind();
    this.chat.on(TIM.EVENT.SDK_READY, this.onReady, this);
    this.chat.on(TIM.EVENT.SDK_NOT_READY, this.onNotReady, this);
    this.chat.on(TIM.EVENT.MESSAGE_RECEIVED, this.onMessageReceived, this);
    this.chat.on(TIM.EVENT.MESSAGE_REVOKED, this.onMessageChanged, this);
    this.chat.on(TIM.EVENT.MESSAGE_READ_BY_PEER, this.onMessageChanged, this);
    this.chat.on(TIM.EVENT.CONVERSATION_LIST_UPDATED, this.onConversations, this);
    this.chat.on(TIM.EVENT.TOTAL_UNREAD_MESSAGE_COUNT_UPDATED, this.onTotalUnread, this);
    this.chat.on(TIM.EVENT.KICKED_OUT, this.onKickedOut, this);
    this.chat.on(TIM.EVENT.ERROR, this.onError, this);
  }

  unbind(): void {
    this.chat.off(TIM.EVENT.SDK_READY, this.onReady);
    this.chat.off(TIM.EVENT.SDK_NOT_READY, this.onNotReady);
    this.chat.off(TIM.EVENT.MESSAGE_RECEIVED, this.onMessageReceived);
    this.chat.off(TIM.EVENT.MESSAGE_REVOKED, this.onMessageChanged);
    this.chat.off(TIM.EVENT.MESSAGE_READ_BY_PEER, this.onMessageChanged);
    this.chat.off(TIM.EVENT.CONVERSATION_LIST_UPDATED, this.onConversations);
    this.chat.off(TIM.EVENT.TOTAL_UNREAD_MESSAGE_COUNT_UPDATED, this.onTotalUnread);
    this.chat.off(TIM.EVENT.KICKED_OUT, this.onKickedOut);
    this.chat.off(TIM.EVENT.ERROR, this.onError);
  }

  /** Shows a conversation from its newest page on, and marks it read. */
  async open(conversationID: string): Promise<void> {
    this.current = conversationID;
    this.messages = [];
    this.nextReqMessageID = '';
    await this.more();
    await this.chat.setMessageRead({ conversationID });
  }

  /** The page before the oldest message that is shown. */
  async more(): Promise<void> {
    const { data } = await this.chat.getMessageList({
      conversationID: this.current,
      nextReqMessageID: this.nextReqMessageID,
      count: 15,
    });
    this.messages = [...data.messageList, ...this.messages];
    this.nextReqMessageID = data.nextReqMessageID;
    this.isCompleted = data.isCompleted;
  }

  async sendText(text: string): Promise<void> {
    const group = this.current.startsWith('GROUP');
    const message = this.chat.createTextMessage({
      to: this.current.slice(group ? 5 : 3),
      conversationType: group ? TIM.TYPES.CONV_GROUP : TIM.TYPES.CONV_C2C,
      payload: { text },
    });
    this.messages.push(message);
    await this.deliver(message.ID);
  }

  /** Sends, or sends again, what stands in the list: the object as the page sees it. */
  async deliver(ID: string): Promise<void> {
    const message = this.messages.find((one) => one.ID === ID);
    if (!message) return;
    try {
      if (message.status === 'fail') await this.chat.resendMessage(message);
      else await this.chat.sendMessage(message);
    } catch (error) {
      this.notice = error instanceof Error ? error.message : String(error);
    }
  }

  async revoke(message: Message): Promise<void> {
    await this.chat.revokeMessage(message);
  }

  async onReady(): Promise<void> {
    const { data } = await this.chat.getConversationList();
    this.conversations = data.conversationList;
    this.totalUnread = this.chat.getTotalUnreadMessageCount();
    this.ready = true;
  }

  onNotReady(): void {
    this.ready = false;
  }

  onMessageReceived({ data }: { data: Message[] }): void {
    const here = data.filter(({ conversationID }) => conversationID === this.current);
    if (here.length === 0) return;
    this.messages.push(...here);
    void this.chat.setMessageRead({ conversationID: this.current });
  }

  /** The SDK changes its own objects; the page is told by putting them into its list anew. */
  onMessageChanged({ data }: { data: Message[] }): void {
    for (const message of data) {
      const index = this.messages.findIndex(({ ID }) => ID === message.ID);
      if (index >= 0) this.messages.splice(index, 1, { ...message });
    }
  }

  onConversations({ data }: { data: Conversation[] }): void {
    this.conversations = data;
  }

  onTotalUnread({ data }: { data: number }): void {
    this.totalUnread = data;
  }

  onKickedOut({ data }: { data: { type: string } }): void {
    this.unbind();
    this.clear();
    this.notice = `Logged out: ${data.type}`;
  }

  onError({ data }: { data: { code: number; message: string } }): void {
    this.notice = `${data.code} ${data.message}`;
  }

  clear(): void {
    this.userID = '';
    this.ready = false;
    this.conversations = [];
    this.totalUnread = 0;
    this.current = '';
    this.messages = [];
    this.nextReqMessageID = '';
  }
}
