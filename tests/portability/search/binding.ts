import { status } from "@grpc/grpc-js";
import type { Sidecar } from "@sidecart/platform/rpc";
import { background } from "@sidecart/platform/rpc";
import type { BindingClient } from "@sidecart/pluggable/client";

const statuses = {
  InvalidArgument: status.INVALID_ARGUMENT,
  NotFound: status.NOT_FOUND,
  FailedPrecondition: status.FAILED_PRECONDITION,
  Unavailable: status.UNAVAILABLE,
  DeadlineExceeded: status.DEADLINE_EXCEEDED,
} as const;

/** The `search` component as an app uses it, adapted to the engines' suite. */
export function searchThrough(sidecar: Sidecar): BindingClient {
  const invoke = async <Answer>(operation: string, data: unknown): Promise<Answer> => {
    const bytes = data instanceof Uint8Array ? data : Buffer.from(JSON.stringify(data));
    const answer = await sidecar.invokeBinding("search", operation, {}, bytes, background(30_000)).catch(refuse);
    return JSON.parse(Buffer.from(answer).toString("utf8")) as Answer;
  };
  return {
    invoke,
    init: () => Promise.reject(new Error("the sidecar has called it")),
    // daprd lists the operations only in its error for an unknown one.
    listOperations: async () => {
      const error = await invoke("none", {}).then(() => undefined, String);
      return (
        /supported operations:(.*)$/m
          .exec(error ?? "")?.[1]
          ?.trim()
          .split(" ") ?? []
      );
    },
    ping: async () => void (await invoke("resolve-alias", { alias: "ping" })),
    close: () => {},
  };
}

/** daprd returns INTERNAL for every error of a binding; the component's status is in the text. */
function refuse(error: { details?: string }): never {
  const details = error.details ?? "";
  if (/does not support operation/.test(details))
    throw Object.assign(new Error(details), { code: status.UNIMPLEMENTED });
  const [, name, said] = /code = (\w+) desc = ([\s\S]*)$/.exec(details) ?? [];
  const code = statuses[name as keyof typeof statuses];
  throw code === undefined ? error : Object.assign(new Error(said), { code, details: said });
}
