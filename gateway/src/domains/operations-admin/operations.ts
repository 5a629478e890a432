import { fromEnum } from "../../calls/enum-names.ts";
import type { GatewayCall } from "../../calls/gateway-call.ts";
import { type PageInput, toPage } from "../../calls/paging.ts";
import type { ServiceName, Services } from "../../services.ts";
import { type ApiDeadLetterConnection, toDeadLetter } from "./model.ts";

/** They hold whole events. */
const maxLetters = 50;

type OperationsAdminDeps = Pick<Services, "deadLetterAdmin">;

export async function listDeadLetters(
  { deadLetterAdmin }: OperationsAdminDeps,
  { service, ...page }: PageInput & { service: Uppercase<ServiceName> },
  call: GatewayCall,
): Promise<ApiDeadLetterConnection> {
  const request = toPage(page, maxLetters);
  const answer = await deadLetterAdmin[fromEnum(service)].listDeadLetters(request, call.forService());
  return { nodes: answer.deadLetters.map(toDeadLetter), next: answer.cursor, totalCount: answer.total };
}

export function redriveDeadLetters(
  { deadLetterAdmin }: OperationsAdminDeps,
  { service, eventIds }: { service: Uppercase<ServiceName>; eventIds: string[] },
  call: GatewayCall,
) {
  return deadLetterAdmin[fromEnum(service)].redriveDeadLetters({ eventIds }, call.forService());
}
