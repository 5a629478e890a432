import type { GatewayCall } from "../calls/gateway-call.ts";
import type { ResponseType } from "../http/media-type.ts";

/** The context of resolvers and loaders. */
export type GraphqlContext = {
  call: GatewayCall;
  type: ResponseType;
  operationName: string | undefined;
};
