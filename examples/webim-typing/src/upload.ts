import WebIM, { type EasemobChat } from 'easemob-websdk';

interface Uploaded {
  readonly uri: string;
  readonly entities: readonly { readonly uuid: string }[];
}

/** Uploads a picture by the app's own code, as mini-programs do with `wx.uploadFile`, and sends its address. */
export async function sendPicture(
  connection: EasemobChat.Connection,
  to: string,
  picture: {
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly name: string;
    readonly width: number;
    readonly height: number;
  },
): Promise<string> {
  const form = new FormData();
  form.append('file', new Blob([picture.bytes]), picture.name);
  const [org, app] = connection.appKey.split('#');
  const response = await fetch(`${connection.apiUrl}/${org}/${app}/chatfiles`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${connection.context.accessToken}` },
    body: form,
  });
  if (!response.ok) throw new Error(`upload failed: ${response.status} ${await response.text()}`);
  const { uri, entities } = (await response.json()) as Uploaded;
  const message = WebIM.message.create({
    type: 'img',
    chatType: 'singleChat',
    to,
    url: `${uri}/${entities[0]?.uuid}`,
    filename: picture.name,
    width: picture.width,
    height: picture.height,
    file_length: picture.bytes.length,
  });
  const { serverMsgId } = await connection.send(message);
  return serverMsgId;
}
