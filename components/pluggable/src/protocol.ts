import { fileURLToPath } from "node:url";
import {
  type GrpcObject,
  loadPackageDefinition,
  type ServiceClientConstructor,
  type ServiceDefinition,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

export const instanceHeader = "x-component-instance";

/** Higher than daprd's default limit of 4 MiB, because --max-body-size may raise that. */
export const maxMessageBytes = 16 * 1024 * 1024;

export type InitRequest = { metadata: { properties: Record<string, string> } | null };
export type InvokeRequest = { data: Buffer; metadata: Record<string, string>; operation: string };

const protoPath = fileURLToPath(new URL("../proto/components.proto", import.meta.url));
const protoPackage = "dapr.proto.components.v1";

export const packageDefinition = loadSync(protoPath, { defaults: true, longs: Number });

const components = protoPackage
  .split(".")
  .reduce<GrpcObject>((scope, name) => scope[name] as GrpcObject, loadPackageDefinition(packageDefinition));

export function clientOf(service: string): ServiceClientConstructor {
  return components[service] as ServiceClientConstructor;
}

export function definitionOf(service: string): ServiceDefinition {
  return clientOf(service).service as ServiceDefinition;
}

export function fullName(service: string): string {
  return `${protoPackage}.${service}`;
}
