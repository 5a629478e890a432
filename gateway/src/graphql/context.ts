import type { GatewayCall } from "../calls/gateway-call.ts";
import type { ResponseType } from "../http/media-type.ts";
import type { CountedError, RootField } from "../operation-counts.ts";
import type { LiftedQuery } from "./lifted-literals.ts";

/** The context of resolvers and loaders. */
export type GraphqlContext = {
  call: GatewayCall;
  type: ResponseType;
  operationName: string | undefined;
  /** Where a place of the query is in the client's text; absent until the query is read. */
  locate: LiftedQuery["locate"] | undefined;
  /** Waits until a request of this size may be executed, see `Admission`. */
  admit(size: number): Promise<void>;
  /** Empty until the query is parsed and valid. */
  rootFields: readonly RootField[];
  /** The errors of the execution. */
  countedErrors: readonly CountedError[];
};
