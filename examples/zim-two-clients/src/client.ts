import { createChat } from './chat.ts';
import { fetchToken } from './token.ts';

const [me = 'alice', peer = 'bob'] = process.argv.slice(2);
const server = process.env.MAGPIE_SERVER ?? 'http://127.0.0.1:8800';
const tokenUrl = process.env.TOKEN_URL ?? `${server}/demo/credentials`;
const say = (text: string) => process.stdout.write(`[${me}] ${text}\n`);

// In a browser the page's own origin is the default; a program says where the server is.
Object.assign(globalThis, { MAGPIE_SERVER: server });

/** Resolves once the text that ends the talk has come, and with `UNTIL_RENEWED` once the token was renewed as well. */
function createEnding() {
  const open = new Set(process.env.UNTIL_RENEWED === '1' ? ['talk', 'renewal'] : ['talk']);
  let finish: () => void;
  const reached = new Promise<void>((resolve) => (finish = resolve));
  return {
    reached,
    close: (part: 'talk' | 'renewal') => {
      open.delete(part);
      if (open.size === 0) finish();
    },
  };
}

const ending = createEnding();
const chat = createChat({
  appID: Number(process.env.ZIM_APP_ID ?? 1400000001),
  userID: me,
  getToken: () => fetchToken(tokenUrl, me),
  onState: (text) => {
    say(text);
    if (text === 'token renewed') ending.close('renewal');
  },
  onText: (from, text) => {
    say(`${from} says: ${text}`);
    if (text === 'Hello!') void chat.send(from, 'Hello to you!').then(() => ending.close('talk'));
    if (text === 'Hello to you!') ending.close('talk');
  },
});

await chat.login();
if (me < peer) await chat.send(peer, 'Hello!');
await ending.reached;
for (const line of await chat.history(peer)) say(`history ${line}`);
chat.logout();
