import { randomBytes } from "node:crypto";
import type { Kubernetes } from "@sidecart/ops/kubernetes";
import { changeSecret } from "./secret.ts";

/**
 * Adds a token to each Secret that has none. The chart never writes it, so it is not in Helm's history, and no rollback
 * brings back a rotated one. Returns lines for the log.
 */
export function fillTokens(kubernetes: Kubernetes, names: readonly string[]): Promise<string[]> {
  return Promise.all(
    names.map((name) =>
      changeSecret(kubernetes, name, "token", (current) =>
        current === ""
          ? { value: randomBytes(32).toString("base64url"), outcome: "added a token" }
          : { unchanged: "already has a token" },
      ),
    ),
  );
}
