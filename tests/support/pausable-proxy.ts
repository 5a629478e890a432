import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { Test } from "tap";

/** Forwards TCP to a port on this machine. While it is paused nothing is forwarded, as if the server hung. */
export async function pausableProxy(t: Test, to: number) {
  const sockets = new Set<Socket>();
  let paused = false;
  const server = createServer((client) => {
    const upstream = connect(to, "127.0.0.1");
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket));
      if (paused) socket.pause();
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const set = (value: boolean) => {
    paused = value;
    for (const socket of sockets) value ? socket.pause() : socket.resume();
  };
  return { port: (server.address() as AddressInfo).port, pause: () => set(true), resume: () => set(false) };
}
