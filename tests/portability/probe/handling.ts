import { toJson } from "@bufbuild/protobuf";
import { type Struct, StructSchema } from "@bufbuild/protobuf/wkt";
import type { Received } from "@sidecart/platform/events";
import { AppError, background, type CallContext, commonErrors } from "@sidecart/platform/rpc";
import type { Records } from "./records.ts";
import { type Told, told } from "./told.ts";

/** Follows an event's instructions, then writes its effect. */
export function createHandling(records: Records, swallowsErrors: boolean) {
  const held = new Map<string, () => void>();

  async function handle({ id, data, time }: Received<Struct>, context: CallContext): Promise<void> {
    const event = told.parse(toJson(StructSchema, data));
    const plain = event.failures === 0 && event.first === undefined;
    const attempt = plain ? 1 : await records.deliver(id, context);
    const first = attempt === 1 ? event.first : undefined;
    if (first === "die-before-effect") die();
    if (first === "hold") await new Promise<void>((resolve) => held.set(id, resolve));
    if (attempt <= event.failures) throw trouble(event, attempt);
    // A held delivery has passed its own deadline.
    const effect = records.effect(id, event, time, first === "hold" ? background(10_000) : context);
    await effect.finally(() => first === "hold" && held.delete(id));
    if (first === "die-after-effect") die();
  }

  return {
    handle: swallowsErrors ? (...args: Parameters<typeof handle>) => handle(...args).catch(() => {}) : handle,
    /** False if no delivery of the event is held. */
    release(id: string): boolean {
      held.get(id)?.();
      return held.has(id);
    },
  };
}

function trouble({ trouble, failures }: Told, attempt: number): Error {
  const text = `told to fail: ${attempt} of ${failures}`;
  return trouble === "own" ? new Error(text) : new AppError(commonErrors.unavailable, { cause: new Error(text) });
}

function die(): void {
  process.kill(process.pid, "SIGKILL");
}
