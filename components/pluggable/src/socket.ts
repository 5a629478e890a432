import { chmod, mkdir, rm } from "node:fs/promises";
import { connect } from "node:net";
import { basename, dirname } from "node:path";

// A Unix socket address holds 108 bytes on Linux and 104 on macOS.
const maxSocketPathBytes = 100;

/** Makes the folder and removes a socket left by a crash: daprd hangs at start on a socket nobody answers. */
export async function prepareSocket(path: string): Promise<void> {
  if (Buffer.byteLength(path) > maxSocketPathBytes) {
    throw new Error(`socket path is longer than ${maxSocketPathBytes} bytes: ${path}`);
  }
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  if (await isServed(path)) throw new Error(`another process already serves ${basename(path)}: ${path}`);
  await rm(path, { force: true });
}

/** Owner and group only: in a pod the sidecar reaches it through the pod's fsGroup. */
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
