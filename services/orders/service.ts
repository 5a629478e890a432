import type { ServiceDeclaration } from "@sidecart/platform/service";

export const orders = {
  name: "orders",
  database: true,
  cached: true,
  publicServices: ["OrdersService"],
  probe: "OrdersService/GetOrders",
  calls: {
    accounts: ["AccountsService/GetJwks", "AccountsService/GetPresentRoles"],
    catalog: ["ReservationsService/*"],
  },
} as const satisfies ServiceDeclaration;
