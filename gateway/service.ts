import type { ServiceDeclaration } from "@sidecart/platform/service";

export const gateway = {
  name: "gateway",
  http: true,
  secrets: ["redis"],
} as const satisfies ServiceDeclaration;
