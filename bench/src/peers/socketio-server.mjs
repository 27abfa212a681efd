import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false });
io.on('connection', (socket) => {
  socket.join([`u:${socket.handshake.auth.user}`, 'group']);
  socket.on('direct', (message, ack) => {
    io.to(`u:${message.to}`).emit('message', message);
    ack({ ok: true });
  });
  socket.on('group', (message, ack) => {
    io.to('group').emit('message', message);
    ack({ ok: true });
  });
});
http.listen(0, '127.0.0.1', () => console.log(`listening ${http.address().port}`));
