import type { CallContext, RpcClient, Sidecar } from "@sidecart/platform/rpc";
import { AccountsService } from "@sidecart/proto/accounts/v1/accounts";
import { CatalogService } from "@sidecart/proto/catalog/v1/catalog";
import { DeadLetterAdminService } from "@sidecart/proto/dead_letter_admin/v1/dead_letter_admin";
import { OrdersService } from "@sidecart/proto/orders/v1/orders";

/** The services behind the gateway, each reached through our sidecar and its own. */
export type Services = {
  accounts: RpcClient<typeof AccountsService, CallContext>;
  catalog: RpcClient<typeof CatalogService, CallContext>;
  orders: RpcClient<typeof OrdersService, CallContext>;
  /** The operator's side of each service, by its app id. */
  ops: Record<"accounts" | "catalog" | "orders", RpcClient<typeof DeadLetterAdminService, CallContext>>;
};

export function connectServices(sidecar: Pick<Sidecar, "service">): Services {
  return {
    accounts: sidecar.service(AccountsService, "accounts"),
    catalog: sidecar.service(CatalogService, "catalog"),
    orders: sidecar.service(OrdersService, "orders"),
    ops: {
      accounts: sidecar.service(DeadLetterAdminService, "accounts"),
      catalog: sidecar.service(DeadLetterAdminService, "catalog"),
      orders: sidecar.service(DeadLetterAdminService, "orders"),
    },
  };
}
