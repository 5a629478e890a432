import type { ServiceDeclaration } from "@sidecart/platform/service";
import { gateway } from "../gateway/service.ts";
import { accounts } from "./accounts/service.ts";
import { catalog } from "./catalog/service.ts";
import { orders } from "./orders/service.ts";

/** All services. After a change here, run `npm run generate`. */
export const services: readonly ServiceDeclaration[] = [accounts, catalog, orders, gateway];

/** The folder of a service, relative to the checkout. */
export const folderOf = (name: string): string => (name === "gateway" ? name : `services/${name}`);
