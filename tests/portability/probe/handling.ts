import { toJson } from "@bufbuild/protobuf";
import { type Struct, StructSchema } from "@bufbuild/protobuf/wkt";
import type { Received } from "@sidecart/platform/events";
import { AppError, background, type CallContext, commonErrors } from "@sidecart/platform/rpc";
import { type Instruction, instructionSchema } from "./instructions.ts";
import type { Records } from "./records.ts";

/** Handles an event: follows its instructions, then records its effect. */
export function createHandling(records: Records, swallowsErrors: boolean) {
  const held = new Map<string, () => void>();

  async function handle({ id, data, time }: Received<Struct>, context: CallContext): Promise<void> {
    const event = instructionSchema.parse(toJson(StructSchema, data));
    const plain = event.failures === 0 && event.first === undefined;
    const attempt = plain ? 1 : await records.deliver(id, context);
    const first = attempt === 1 ? event.first : undefined;
    if (first === "die-before-effect") die();
    if (first === "hold") await new Promise<void>((resolve) => held.set(id, resolve));
    if (attempt <= event.failures) throw trouble(event, attempt);
    // The deadline of a held delivery has passed, so it gets a new one.
    const effect = records.effect(id, event, time, first === "hold" ? background(10_000) : context);
    await effect.finally(() => first === "hold" && held.delete(id));
    if (first === "die-after-effect") die();
  }

  return {
    handle: swallowsErrors ? (...args: Parameters<typeof handle>) => handle(...args).catch(() => {}) : handle,
    /** Releases a held delivery. Returns false when this process does not hold it (any more). */
    release(id: string): boolean {
      held.get(id)?.();
      return held.has(id);
    },
  };
}

function trouble({ trouble, failures }: Instruction, attempt: number): Error {
  const text = `told to fail: ${attempt} of ${failures}`;
  return trouble === "own" ? new Error(text) : new AppError(commonErrors.unavailable, { cause: new Error(text) });
}

function die(): void {
  process.kill(process.pid, "SIGKILL");
}
