import { fromEnum } from "../../calls/enum-names.ts";
import type { GatewayCall } from "../../calls/gateway-call.ts";
import type { ServiceName, Services } from "../../services.ts";
import { type ApiDeadLetters, toDeadLetter } from "./model.ts";

export type OperationsAdminDeps = Pick<Services, "deadLetterAdmin">;

export async function listDeadLetters(
  { deadLetterAdmin }: OperationsAdminDeps,
  { service, first }: { service: Uppercase<ServiceName>; first: number },
  call: GatewayCall,
): Promise<ApiDeadLetters> {
  const { total, deadLetters } = await deadLetterAdmin[fromEnum(service)].listDeadLetters({ first }, call.forService());
  return { total, items: deadLetters.map(toDeadLetter) };
}

export function redriveDeadLetters(
  { deadLetterAdmin }: OperationsAdminDeps,
  { service, eventIds }: { service: Uppercase<ServiceName>; eventIds: string[] },
  call: GatewayCall,
) {
  return deadLetterAdmin[fromEnum(service)].redriveDeadLetters({ eventIds }, call.forService());
}
