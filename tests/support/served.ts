import type { DescService } from "@bufbuild/protobuf";
import appCallback from "@dapr/dapr/proto/dapr/proto/runtime/v1/appcallback_pb.js";
import { readProject } from "@sidecart/generate/project";
import type { unaryDefinitions } from "@sidecart/platform/rpc";
import { DeadLetterAdminService } from "@sidecart/proto/dead_letter_admin/v1/dead_letter_admin";

type Served = Parameters<typeof unaryDefinitions>[0] | typeof appCallback.AppCallback;

/** The gRPC services that each app serves to its sidecar, by app. */
export async function servedBy(): Promise<Map<string, Served[]>> {
  const { services, rpcServices } = await readProject();
  const found = services.map(async ({ name, database, code }): Promise<[string, Served[]]> => {
    const own = rpcServices.filter(({ typeName }) => code.implements.includes(typeName));
    const modules = await Promise.all(own.map(({ module }) => import(module) as Promise<Record<string, DescService>>));
    const contracts = own.flatMap((one, place) => modules[place]?.[one.name] ?? []);
    return [name, [...contracts, ...(database ? [DeadLetterAdminService] : []), appCallback.AppCallback]];
  });
  return new Map(await Promise.all(found));
}
