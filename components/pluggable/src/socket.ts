import { chmod, mkdir, rm } from "node:fs/promises";
import { connect } from "node:net";
import { basename, dirname } from "node:path";

// A Unix socket address holds 108 bytes on Linux and 104 on macOS.
const maxSocketPathBytes = 100;

/** Creates the folder and removes the stale socket of a crashed process, on which daprd would hang at start. */
export async function prepareSocket(path: string): Promise<void> {
  if (Buffer.byteLength(path) > maxSocketPathBytes) {
    throw new Error(`socket path is longer than ${maxSocketPathBytes} bytes: ${path}`);
  }
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  if (await isServed(path)) throw new Error(`another process already serves ${basename(path)}: ${path}`);
  await rm(path, { force: true });
}

/** Allows only owner and group. In a pod, the sidecar has access through the pod's fsGroup. */
export async function restrictSocket(path: string): Promise<void> {
  await chmod(path, 0o660);
}

export async function removeSocket(path: string): Promise<void> {
  await rm(path, { force: true });
}

function isServed(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
