import { type Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { background, type CallContext } from "./call.ts";
import { isRefusedBySidecar, toAppError } from "./errors.ts";
import type { UnaryDefinition } from "./grpc-methods.ts";
import { reachedNobody } from "./retry.ts";

/**
 * Marks a call that only tests access. The callee's app server answers it in place of the handler, so it has no effect.
 * Like a real call it passes both sidecars and their access policies.
 */
const probeHeader = "sidecart-access-probe";

/** A method of another service, `sidecart.accounts.v1.AccountsService/GetJwks`. `…/*` means all its methods. */
export type Callee = { readonly app: string; readonly operation: string };
/**
 * - refused: an access policy between the sidecars does not allow the call.
 * - forbidden: the callee's app accepts the service only from other callers.
 * - missing: the callee's app has no such method.
 * - unknown: nobody responds; the callee may be starting.
 */
export type Access = "granted" | "refused" | "forbidden" | "missing" | "unknown";

const timeoutMs = 1_000;
/** A method that does not exist: when the callee's sidecar permits the call, the callee responds with UNIMPLEMENTED. */
const noMethod = "AccessProbe";
const empty = Buffer.alloc(0);

export const isAccessProbe = (metadata: Metadata): boolean => metadata.get(probeHeader).length > 0;

type Send = (method: UnaryDefinition, context: CallContext) => Promise<unknown>;

/** The caller's side. `send` makes the call with `metadata`. */
export async function probeAccess({ operation }: Callee, metadata: Metadata, send: Send): Promise<Access> {
  metadata.set(probeHeader, "1");
  try {
    await send(emptyCall(`/${operation.replace(/\*$/, noMethod)}`), background(timeoutMs));
    return "granted";
  } catch (error) {
    if (isRefusedBySidecar(error)) return "refused";
    const { code } = error as Partial<ServiceError>;
    if (code === status.PERMISSION_DENIED) return "forbidden";
    if (code !== status.UNIMPLEMENTED) return "unknown";
    return operation.endsWith("*") ? "granted" : "missing";
  }
}

/**
 * - responded: the callee's process responded, even with a refusal.
 * - silent: nobody responded within a second; the callee hangs.
 * - unreachable: nobody was reached.
 */
export type Liveness = "responded" | "silent" | "unreachable";

/** Whether the callee responds to a call of this method. No handler runs. */
export async function probeLiveness(path: string, metadata: Metadata, send: Send): Promise<Liveness> {
  metadata.set(probeHeader, "1");
  try {
    await send(emptyCall(path), background(timeoutMs));
    return "responded";
  } catch (error) {
    const { status: name } = toAppError(error);
    if (name === "DEADLINE_EXCEEDED") return "silent";
    return name === "UNAVAILABLE" || name === "CANCELLED" || reachedNobody(error) ? "unreachable" : "responded";
  }
}

/** The declaration has only the names of methods, so the message types are unknown here. */
function emptyCall(path: string): UnaryDefinition {
  return {
    name: path,
    path,
    repeatable: true,
    requestStream: false,
    responseStream: false,
    requestSerialize: () => empty,
    requestDeserialize: () => ({}),
    responseSerialize: () => empty,
    responseDeserialize: () => ({}),
  };
}
