import type { ServiceDeclaration } from "@sidecart/platform/service";

export const catalog = {
  name: "catalog",
  database: true,
  search: true,
  cached: true,
  publicServices: ["CatalogService"],
  probe: "CatalogService/GetProducts",
  calls: { accounts: ["AccountsService/GetJwks", "AccountsService/GetPresentRoles"] },
} as const satisfies ServiceDeclaration;
