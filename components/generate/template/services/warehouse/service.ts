import type { ServiceDeclaration } from "@sidecart/platform/service";

export const warehouse = {
  name: "warehouse",
  database: true,
  publicServices: ["WarehouseService"],
  probe: "WarehouseService/GetWidgets",
  calls: { accounts: ["AccountsService/GetJwks", "AccountsService/GetPresentRoles"] },
} as const satisfies ServiceDeclaration;
