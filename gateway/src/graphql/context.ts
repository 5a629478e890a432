import type { GatewayCall } from "../calls/gateway-call.ts";

/** What resolvers and loaders get of the request. */
export type GraphqlContext = { call: GatewayCall };
