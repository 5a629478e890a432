import { gateway } from "../gateway/service.ts";
import { accounts } from "./accounts/service.ts";
import { catalog } from "./catalog/service.ts";
import { orders } from "./orders/service.ts";

/** Everything that is deployed. After a change here: `npm run generate`. */
export const services = [accounts, catalog, orders, gateway] as const;
