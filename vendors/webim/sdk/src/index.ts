import { configure } from '@magpie/client';
import { defineConnection, type ConnectionConstructor } from './connection.ts';
import { statusCode } from './constants.ts';
import { Message } from './create.ts';
import { createLogger, type Logger } from './logger.ts';
import { utils } from './utils.ts';

export type * as EasemobChat from './easemob-chat.ts';
export { configure };

/** The vendor's default export. Applications hang things of their own on it (`config`, `conn`). */
export interface WebIM {
  connection: ConnectionConstructor;
  message: typeof Message;
  utils: typeof utils;
  logger: Logger;
  statusCode: typeof statusCode;
  [key: string]: unknown;
}

const logger = createLogger();

const webim: WebIM = {
  connection: defineConnection(logger),
  message: Message,
  utils,
  logger,
  statusCode,
};

export default webim;
