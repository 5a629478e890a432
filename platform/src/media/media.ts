import type { CallContext } from "../rpc/call.ts";
import { AppError, commonErrors, type ErrorKind, toAppError } from "../rpc/errors.ts";
import type { Sidecar } from "../rpc/sidecar.ts";

const mediaErrors = {
  name: { code: "MEDIA_NAME", status: "INVALID_ARGUMENT", text: "The file name is not valid." },
  size: { code: "MEDIA_SIZE", status: "INVALID_ARGUMENT", text: "A file may have at most 3 MB." },
} as const satisfies Record<string, ErrorKind>;

/** A file is sent in base64, and a sidecar accepts requests of 4 MiB. */
export const maxMediaBytes = 3_000_000;
/** No folders, and no capital letters: some file systems do not distinguish `A` from `a`. */
const safeName = /^[a-z0-9][a-z0-9_-]*(\.[a-z0-9_-]+)*$/;
const maxNameLength = 128;

/**
 * Pictures and other small files of one app, by name. Every store keeps the same promises (tests/portability/media).
 * Not promised: the content of a file while it is being overwritten. A disk may return half of it, and some S3 servers
 * an error, so write new content under a new name. Errors: MEDIA_NAME, MEDIA_SIZE, UNAVAILABLE, TIMEOUT. The last two
 * have the store's message as their cause.
 */
export type Media = {
  put(name: string, content: Uint8Array, context: CallContext): Promise<void>;
  /** Undefined when there is no such file. */
  get(name: string, context: CallContext): Promise<Uint8Array | undefined>;
  /** No error when there is no such file. */
  remove(name: string, context: CallContext): Promise<void>;
};

export function media(sidecar: Pick<Sidecar, "invokeBinding">, appId: string, component = "media"): Media {
  const invoke = async (operation: string, name: string, data: Uint8Array, context: CallContext) => {
    if (name.length > maxNameLength || !safeName.test(name)) throw new AppError(mediaErrors.name);
    const path = `${appId}/${name}`;
    // The binding for local files uses `fileName`, the one for S3 `key`.
    return sidecar.invokeBinding(component, operation, { fileName: path, key: path }, data, context);
  };
  return {
    async put(name, content, context) {
      if (content.length > maxMediaBytes) throw new AppError(mediaErrors.size);
      await invoke("create", name, encode(content), context).catch(unreachable);
    },
    get: (name, context) => invoke("get", name, nothing, context).catch(unlessMissing),
    async remove(name, context) {
      await invoke("delete", name, nothing, context).catch(unlessMissing);
    },
  };
}

const nothing = new Uint8Array();

/**
 * Base64 in a JSON string. Both bindings remove the quotes of a JSON string, and the binding for local files decodes
 * anything that looks like base64. Plain bytes, or base64 that looks like a number, would be changed
 * (components-contrib 1.18, bindings/localstorage, bindings/aws/s3).
 */
function encode(content: Uint8Array): Uint8Array {
  return Buffer.from(JSON.stringify(Buffer.from(content).toString("base64")));
}

/** The messages of the bindings for a missing file. They have no status for it. */
const missing = /file not found: |object not found|: no such file or directory/;

function unlessMissing(error: unknown): undefined {
  if (missing.test(String((error as { details?: unknown }).details ?? ""))) return undefined;
  return unreachable(error);
}

function unreachable(error: unknown): never {
  const known = toAppError(error);
  throw known.code === commonErrors.internal.code ? new AppError(commonErrors.unavailable, { cause: error }) : known;
}
