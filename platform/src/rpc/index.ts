export type { Callee } from "./access.ts";
export { type Implementation, implement, startAppServer } from "./app-server.ts";
export { type Batcher, createBatcher } from "./batch.ts";
export { boundedWork } from "./bounded-work.ts";
export { background, type CallContext, onBehalfOf, withToken } from "./call.ts";
export { currency } from "./currency.ts";
export {
  AppError,
  commonErrors,
  type ErrorKind,
  fromFailure,
  isServersFault,
  type StatusName,
  toAppError,
  toFailure,
  toServiceError,
} from "./errors.ts";
export { type RpcClient, unaryDefinitions } from "./grpc-methods.ts";
export {
  authorization,
  type BadField,
  badFields,
  codePoints,
  defaultPageSize,
  id,
  idempotencyKey,
  maxMinor,
  maxQuantity,
  minorUnits,
  pageSize,
  parse,
  quantity,
  text,
  untrimmedText,
} from "./input.ts";
export { isOurFailure } from "./log-failure.ts";
export { answerEach, continueWith, settleEach } from "./outcomes.ts";
export { readPage } from "./paging.ts";
export { shownName, shownText } from "./shown-text.ts";
export { connectSidecar, type Sidecar } from "./sidecar.ts";
export {
  accessTokenType,
  type Caller,
  type Role,
  roles,
  tokenAudience,
  tokenIssuer,
  type Verifier,
  verifierFrom,
} from "./tokens.ts";
