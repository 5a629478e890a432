import { fillAccounts } from "./fill/accounts.ts";
import { fillCatalog } from "./fill/catalog.ts";
import { fillOrders } from "./fill/orders.ts";
import type { Part } from "./part.ts";
import { churn } from "./parts/churn.ts";
import { hotProduct } from "./parts/hot-product.ts";
import { readsOf } from "./parts/reads.ts";
import { retention } from "./parts/retention.ts";
import { accountPaths, catalogPaths, orderPaths } from "./paths.ts";

export const parts: readonly Part[] = [
  readsOf("catalog", fillCatalog, catalogPaths),
  readsOf("orders", fillOrders, orderPaths),
  readsOf("accounts", fillAccounts, accountPaths),
  hotProduct,
  retention,
  churn,
];
