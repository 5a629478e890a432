import type { GatewayCall } from "../calls/gateway-call.ts";
import type { ResponseType } from "../http/media-type.ts";
import type { LiftedQuery } from "./lifted-literals.ts";

/** The context of resolvers and loaders. */
export type GraphqlContext = {
  call: GatewayCall;
  type: ResponseType;
  operationName: string | undefined;
  locate: LiftedQuery["locate"];
};
