import {
  create,
  type DescMethodUnary,
  type DescService,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import type { MethodDefinition, ServiceDefinition } from "@grpc/grpc-js";

type UnaryMethods<S extends DescService> = {
  [K in keyof S["method"] as S["method"][K] extends DescMethodUnary
    ? K
    : never]: S["method"][K] extends DescMethodUnary<infer I, infer O> ? { input: I; output: O } : never;
};

/** A typed client of a service: one function per unary method. */
export type RpcClient<S extends DescService, Context> = {
  [K in keyof UnaryMethods<S>]: (
    request: MessageInitShape<UnaryMethods<S>[K]["input"]>,
    context?: Context,
  ) => Promise<MessageShape<UnaryMethods<S>[K]["output"]>>;
};

/** The handlers of a service: one function per unary method. */
export type RpcHandlers<S extends DescService, Context> = {
  [K in keyof UnaryMethods<S>]: (
    request: MessageShape<UnaryMethods<S>[K]["input"]>,
    context: Context,
  ) => Promise<MessageInitShape<UnaryMethods<S>[K]["output"]>>;
};

export type UnaryDefinition = MethodDefinition<object, object> & {
  name: string;
  /**
   * Safe to retry: the method has no side effects or is idempotent, according to `idempotency_level` in the proto file.
   */
  repeatable: boolean;
};

/** The unary methods of a protobuf-es service in the form that grpc-js expects, by their local (camelCase) name. */
export function unaryDefinitions(service: DescService): UnaryDefinition[] {
  return service.methods
    .filter((method) => method.methodKind === "unary")
    .map((method) => ({
      name: method.localName,
      repeatable: method.idempotency !== MethodOptions_IdempotencyLevel.IDEMPOTENCY_UNKNOWN,
      path: `/${service.typeName}/${method.name}`,
      requestStream: false,
      responseStream: false,
      requestSerialize: (value) => Buffer.from(toBinary(method.input, create(method.input, value as never))),
      requestDeserialize: (bytes) => fromBinary(method.input, bytes),
      responseSerialize: (value) => Buffer.from(toBinary(method.output, create(method.output, value as never))),
      responseDeserialize: (bytes) => fromBinary(method.output, bytes),
    }));
}

export function serviceDefinition(service: DescService): ServiceDefinition {
  return Object.fromEntries(unaryDefinitions(service).map((method) => [method.name, method]));
}
