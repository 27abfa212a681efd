import { createServer } from 'node:http';
import Database from 'libsql';
import { Server } from 'socket.io';

// A relay that keeps what it passes on, as a careful team would write it: what came in one turn of the event loop is one
// transaction, synced before anybody is told. No membership, no unread counts, no second copy of anything.
const db = new Database(process.argv[2]);
db.exec(`pragma journal_mode = wal; pragma synchronous = full;
  create table messages (conv text, seq integer, sender text, time integer, client_id text, body text);
  create unique index messages_seq on messages (conv, seq)`);
const begin = db.prepare('begin immediate');
const commit = db.prepare('commit');
const insert = db.prepare('insert into messages values (?, ?, ?, ?, ?, ?)');
const lastSeq = new Map();

let waiting = [];
let names = 0;
function take(one) {
  if (waiting.push(one) === 1) setImmediate(write);
}

function write() {
  const batch = waiting;
  waiting = [];
  const time = Date.now();
  begin.run();
  for (const { conv, message } of batch) {
    const seq = (lastSeq.get(conv) ?? 0) + 1;
    lastSeq.set(conv, seq);
    insert.run(conv, seq, message.from, time, `${message.from}:${time}:${++names}`, message.text);
  }
  commit.run();
  for (const { room, message, ack } of batch) {
    io.to(room).emit('message', message);
    ack({ ok: true });
  }
}

const http = createServer();
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false });
io.on('connection', (socket) => {
  socket.join([`u:${socket.handshake.auth.user}`, 'group']);
  socket.on('direct', (message, ack) => {
    const conv = [message.from, message.to].sort().join(' ');
    take({ conv, room: `u:${message.to}`, message, ack });
  });
  socket.on('group', (message, ack) => take({ conv: 'group', room: 'group', message, ack }));
});
http.listen(0, '127.0.0.1', () => console.log(`listening ${http.address().port}`));
