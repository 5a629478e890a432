import type { DeadLetterAdminService } from "@sidecart/proto/dead_letter_admin/v1/dead_letter_admin";
import { z } from "zod";
import type { Database } from "../database/database.ts";
import type { CallContext } from "../rpc/call.ts";
import type { RpcHandlers } from "../rpc/grpc-methods.ts";
import { badFields, id, parse, text } from "../rpc/input.ts";
import type { Verifier } from "../rpc/tokens.ts";
import type { DeadLetter, DeadLetterFilter, DeadLetterPosition, DeadLetters } from "./dead-letters.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { eventStates } from "./event-states.ts";

/** Dead letters per call. They hold whole events, and a call must stay under the sidecar's limit of 4 MiB. */
const maxLetters = 50;
/** Time reserved before the caller's deadline, to return the result. */
const marginMs = 2_000;
const position = z.tuple([z.iso.datetime(), id, text(1, 200)]);
const filter = { topic: text(0, 200), error: text(0, 200) };
const listRequest = z.object({ first: z.int().min(0).max(maxLetters), after: text(0, 1_000), ...filter });
const redriveRequest = z.object({ eventIds: z.array(id).max(maxLetters), ...filter });
const statesRequest = z.object({ eventIds: z.array(id).max(100) });

const toProto = ({ event, diedAtMicros, ...letter }: DeadLetter) => ({
  ...letter,
  eventJson: JSON.stringify(event),
  position: JSON.stringify([diedAtMicros, letter.eventId, letter.topic]),
});

const filterOf = ({ topic, error }: { topic: string; error: string }): DeadLetterFilter => ({
  onlyTopic: topic || null,
  errorPart: error || null,
});

function positionIn(after: string): DeadLetterPosition {
  const given = position.safeParse(fromJson(after));
  if (!given.success) throw badFields([{ field: "after", problem: "is not a position of this list" }]);
  const [diedAtMicros, eventId, topic] = given.data;
  return { diedAtMicros, eventId, topic };
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Deps = { verifier: Verifier; database: Database; deadLetters: DeadLetters; dispatcher: Dispatcher };

/** Lists and redrives a service's dead letters, and says what became of events. Admin only. */
export function deadLetterAdmin({
  verifier,
  database,
  deadLetters,
  dispatcher,
}: Deps): RpcHandlers<typeof DeadLetterAdminService, CallContext> {
  return {
    async listDeadLetters(request, context) {
      await verifier.requirePresent(context, "admin");
      const { first, after, ...chosen } = parse(listRequest, request);
      const size = first || maxLetters;
      // One more than the page holds shows whether there is a next page.
      const page = after
        ? await deadLetters.listAfter(size + 1, positionIn(after), filterOf(chosen), context)
        : await deadLetters.list(size + 1, null, filterOf(chosen), context);
      const letters = page.deadLetters.slice(0, size).map(toProto);
      const cursor = page.deadLetters.length > size ? (letters.at(-1)?.position ?? "") : "";
      return { total: page.total, deadLetters: letters, cursor };
    },
    async redriveDeadLetters(request, context) {
      await verifier.requirePresent(context, "admin");
      const { eventIds, ...chosen } = parse(redriveRequest, request);
      const ids = eventIds.length > 0 ? eventIds : null;
      const page = await deadLetters.list(maxLetters, ids, filterOf(chosen), context);
      const wanted = ids ? page.deadLetters.length : page.total;
      let redriven = 0;
      let tried = 0;
      for (const letter of page.deadLetters) {
        if (context.signal.aborted || Date.now() > context.deadline - marginMs) break;
        tried += 1;
        if (await deadLetters.redrive(letter, dispatcher.handle, context)) redriven += 1;
      }
      return { redriven, failed: tried - redriven, left: wanted - tried };
    },
    async getEventStates(request, context) {
      await verifier.requirePresent(context, "admin");
      const { eventIds } = parse(statesRequest, request);
      const states = await eventStates(database, eventIds, context);
      const toState = ({ deadLetter, handledAt, ...state }: (typeof states)[number]) => ({
        ...state,
        handledAt: handledAt ?? "",
        ...deadLetter,
      });
      return { states: states.map(toState), topics: [...dispatcher.topics] };
    },
  };
}
