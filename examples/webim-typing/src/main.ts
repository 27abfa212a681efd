/** Two people in one program: Alice types, Bob sees it, then gets her text and a picture. Ends by itself. */
import { deflateSync } from 'node:zlib';
import WebIM, { type EasemobChat } from 'easemob-websdk';
import { TypingIndicator } from './typing.ts';
import { sendPicture } from './upload.ts';

const server = process.env['MAGPIE_SERVER'] ?? 'http://127.0.0.1:8800';

/** A real app's own back end hands out the token; the demo server stands in for it. */
async function login(user: string): Promise<EasemobChat.Connection> {
  const response = await fetch(`${server}/demo/credentials?user=${user}`);
  if (!response.ok) throw new Error(`no credentials for ${user}: ${response.status}`);
  const { appKey, webimToken } = (await response.json()) as { appKey: string; webimToken: string };
  const connection = new WebIM.connection({ appKey, apiUrl: server, isFixedDeviceId: false });
  await connection.open({ user, accessToken: webimToken });
  return connection;
}

function crc(bytes: Uint8Array): number {
  let value = ~0;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  }
  return ~value >>> 0;
}

/** A small red PNG, made here so that the example needs no file beside it. */
function redSquare(side: number): Uint8Array<ArrayBuffer> {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length);
    body.copy(out, 4);
    out.writeUInt32BE(crc(body), body.length + 4);
    return out;
  };
  const header = Buffer.from([0, 0, 0, side, 0, 0, 0, side, 8, 2, 0, 0, 0]);
  const row = [0, ...Array.from({ length: side }, () => [220, 40, 40]).flat()];
  const pixels = deflateSync(Buffer.from(Array.from({ length: side }, () => row).flat()));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return new Uint8Array(
    Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]),
  );
}

const bob = await login('bob');
const finished = new Promise<void>((resolve) => {
  bob.addEventHandler('chat', {
    onTextMessage: ({ from, msg }) => console.log(`bob: ${from} wrote "${msg}"`),
    onImageMessage: async ({ from, url, width, height }) => {
      const file = await fetch(url ?? '');
      console.log(
        `bob: ${from} sent a picture ${width}x${height}, ${(await file.arrayBuffer()).byteLength} bytes`,
      );
      resolve();
    },
  });
});
const hint = new TypingIndicator(bob, (user, typing) =>
  console.log(`bob: ${user} ${typing ? 'is typing' : 'stopped typing'}`),
);

const alice = await login('alice');
const typing = new TypingIndicator(alice, () => undefined);
for (const _ of 'Hello') await typing.input('bob');
await alice.send(WebIM.message.create({ type: 'txt', chatType: 'singleChat', to: 'bob', msg: 'Hello' }));
await sendPicture(alice, 'bob', { bytes: redSquare(24), name: 'red.png', width: 24, height: 24 });

await finished;
typing.close();
hint.close();
alice.close();
bob.close();
