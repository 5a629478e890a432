import { Ports } from "../process/ports.ts";

/** A port of 127.0.0.1 for a server that may be started there again and again: until this process ends it is nobody else's. */
export async function freePort(): Promise<number> {
  const ports = new Ports();
  const port = await ports.hold("test");
  await ports.release("test");
  return port;
}
