import { Ports } from "../process/ports.ts";

/** A port of 127.0.0.1 for a server that is restarted several times. It is reserved until this process exits. */
export async function freePort(): Promise<number> {
  const ports = new Ports();
  const port = await ports.hold("test");
  await ports.release("test");
  return port;
}
