import type { GatewayCall } from "../../calls/gateway-call.ts";
import type { ServiceName, Services } from "../../services.ts";
import { type ApiDeadLetters, toDeadLetter } from "./model.ts";

export type OperationsAdminDeps = Pick<Services, "ops">;

export async function listDeadLetters(
  { ops }: OperationsAdminDeps,
  { service, first }: { service: ServiceName; first: number },
  call: GatewayCall,
): Promise<ApiDeadLetters> {
  const { total, deadLetters } = await ops[service].listDeadLetters({ first }, call.forService());
  return { total, items: deadLetters.map(toDeadLetter) };
}

export function redriveDeadLetters(
  { ops }: OperationsAdminDeps,
  { service, eventIds }: { service: ServiceName; eventIds: string[] },
  call: GatewayCall,
) {
  return ops[service].redriveDeadLetters({ eventIds }, call.forService());
}
