import type { ServiceDeclaration } from "@sidecart/platform/service";

export const gateway = {
  name: "gateway",
  http: true,
  secrets: ["rate-limits"],
} as const satisfies ServiceDeclaration;
