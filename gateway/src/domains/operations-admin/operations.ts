import { fromEnum } from "../../calls/enum-names.ts";
import type { GatewayCall } from "../../calls/gateway-call.ts";
import { type PageInput, toPage } from "../../calls/paging.ts";
import type { ServiceName, Services } from "../../services.ts";
import { type ApiDeadLetterConnection, toDeadLetter } from "./model.ts";

/** They hold whole events. */
const maxLetters = 50;

type OperationsAdminDeps = Pick<Services, "deadLetterAdmin">;
type Chosen = { service: Uppercase<ServiceName>; topic?: string | null; error?: string | null };

const filterOf = ({ topic, error }: Chosen) => ({ topic: topic ?? "", error: error ?? "" });

export async function listDeadLetters(
  { deadLetterAdmin }: OperationsAdminDeps,
  chosen: PageInput & Chosen,
  call: GatewayCall,
): Promise<ApiDeadLetterConnection> {
  const request = { ...toPage(chosen, maxLetters), ...filterOf(chosen) };
  const answer = await deadLetterAdmin[fromEnum(chosen.service)].listDeadLetters(request, call.forService());
  return { nodes: answer.deadLetters.map(toDeadLetter), next: answer.cursor, totalCount: answer.total };
}

export function redriveDeadLetters(
  { deadLetterAdmin }: OperationsAdminDeps,
  { eventIds, ...chosen }: Chosen & { eventIds: string[] },
  call: GatewayCall,
) {
  const request = { eventIds, ...filterOf(chosen) };
  return deadLetterAdmin[fromEnum(chosen.service)].redriveDeadLetters(request, call.forService());
}
