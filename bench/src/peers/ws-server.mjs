import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const http = createServer();
const wss = new WebSocketServer({ server: http, perMessageDeflate: false, clientTracking: false });
wss.on('connection', (socket) => socket.on('message', () => socket.send('{"ok":true}')));
http.listen(0, '127.0.0.1', () => console.log(`listening ${http.address().port}`));
