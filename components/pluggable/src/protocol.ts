import { fileURLToPath } from "node:url";
import { type GrpcObject, loadPackageDefinition, type ServiceClientConstructor } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

export const outputBindingService = "dapr.proto.components.v1.OutputBinding";
export const instanceHeader = "x-component-instance";

/** daprd's own limit is 4 MiB unless its --max-body-size is raised; this leaves room for that. */
export const maxMessageBytes = 16 * 1024 * 1024;

export type InitRequest = { metadata: { properties: Record<string, string> } | null };
export type InvokeRequest = { data: Buffer; metadata: Record<string, string>; operation: string };
export type InvokeResponse = { data: Uint8Array; metadata?: Record<string, string>; contentType: string };
export type OperationList = { operations: readonly string[] };
export type Empty = Record<string, never>;

const protoPath = fileURLToPath(new URL("../proto/bindings.proto", import.meta.url));

export const packageDefinition = loadSync(protoPath, { defaults: true, longs: Number });

const components = ["dapr", "proto", "components", "v1"].reduce<GrpcObject>(
  (scope, name) => scope[name] as GrpcObject,
  loadPackageDefinition(packageDefinition),
);

export const OutputBindingClient = components.OutputBinding as ServiceClientConstructor;
