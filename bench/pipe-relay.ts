// A relay that copies and does nothing else, as a process of its own: takes connections at any port of 127.0.0.1 and
// passes them on to the port it is given. Tells its parent its port, and ends with it. Started by three-hops.ts only.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

const next = Number(process.argv[2]);

const server = createServer({ allowHalfOpen: true, noDelay: true }, (from) => {
  const to = connect({ host: '127.0.0.1', port: next, allowHalfOpen: true, noDelay: true });
  join(from, to);
  join(to, from);
});
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
process.on('disconnect', () => process.exit());

function join(from: Socket, to: Socket): void {
  from.pipe(to);
  from.on('error', () => to.destroy());
}
