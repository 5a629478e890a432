import type { GatewayCall } from "../calls/gateway-call.ts";

/** The context of resolvers and loaders. */
export type GraphqlContext = { call: GatewayCall };
