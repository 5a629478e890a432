import type { ServiceDeclaration } from "@sidecart/platform/service";

export const accounts = {
  name: "accounts",
  database: true,
  publicServices: ["AccountsService"],
  probe: "AccountsService/GetJwks",
  secrets: ["accounts-signing-keys", "accounts-first-admin"],
} as const satisfies ServiceDeclaration;
