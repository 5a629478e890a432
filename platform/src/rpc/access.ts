import { type Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { background, type CallContext } from "./call.ts";
import type { UnaryDefinition } from "./grpc-methods.ts";

/**
 * Marks a call that only asks whether it would be let through: the callee's app server answers it in place of the
 * handler, so it has no effect. It takes the way of a real call, past both sidecars and their access policies.
 */
const probeHeader = "sidecart-access-probe";

/** A method of another service, `sidecart.accounts.v1.AccountsService/GetJwks`; `…/*` stands for all of them. */
export type Callee = { readonly app: string; readonly operation: string };
/** Unknown when nobody answered: the callee may be starting. */
export type Access = "granted" | "refused" | "unknown";

const timeoutMs = 1_000;
/** A method that nobody has: when its sidecar lets the call through, the callee answers UNIMPLEMENTED. */
const noMethod = "AccessProbe";
const empty = Buffer.alloc(0);

export const isAccessProbe = (metadata: Metadata): boolean => metadata.get(probeHeader).length > 0;

/** A caller's side: `send` makes the call with `metadata`. */
export async function probeAccess(
  { operation }: Callee,
  metadata: Metadata,
  send: (method: UnaryDefinition, context: CallContext) => Promise<unknown>,
): Promise<Access> {
  metadata.set(probeHeader, "1");
  try {
    await send(emptyCall(`/${operation.replace(/\*$/, noMethod)}`), background(timeoutMs));
    return "granted";
  } catch (error) {
    const { code } = error as Partial<ServiceError>;
    if (code === status.PERMISSION_DENIED) return "refused";
    return code === status.UNIMPLEMENTED ? "granted" : "unknown";
  }
}

/** The declaration has names only, so what the call holds is not known here. */
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
