import { apps } from "../apps.ts";
import { shortened } from "../screen/shortened.ts";
import { StartError } from "../start-error.ts";
import { type Ask, asAdmin } from "./api.ts";
import { runCommandLine } from "./command-line.ts";
import { help } from "./dead-letters.help.mjs";

type Letter = { eventId: string; topic: string; event: string; error: string; attempts: number; diedAt: string };
/** Length of an event's beginning that is printed, enough to recognise the event. */
const shownCharacters = 200;
const services = apps.filter((app) => app.database).map((app) => app.id);

type Filter = { topic?: string; error?: string };

/** The words `topic=…` and `error=…`, and the others. */
function filterIn(words: readonly string[]): { filter: Filter; others: string[] } {
  const given = words.map((word) => ({ word, parts: /^(topic|error)=(.+)$/s.exec(word) }));
  return {
    filter: Object.fromEntries(given.flatMap(({ parts }) => (parts ? [[parts[1], parts[2]]] : []))),
    others: given.flatMap(({ word, parts }) => (parts ? [] : [word])),
  };
}

async function list(ask: Ask, filter: Filter): Promise<void> {
  const query = `query($service: ServiceName!, $topic: String, $error: String) {
    deadLetters(service: $service, topic: $topic, error: $error, first: 50) {
      totalCount nodes { eventId topic event error attempts diedAt } } }`;
  for (const service of services) {
    const { deadLetters } = await ask<{ deadLetters: { totalCount: number; nodes: Letter[] } }>(query, {
      service: service.toUpperCase(),
      ...filter,
    });
    process.stdout.write(`${service}: ${deadLetters.totalCount} dead letters\n`);
    for (const { eventId, topic, event, error, attempts, diedAt } of deadLetters.nodes) {
      const tries = attempts === 1 ? "1 attempt" : `${attempts} attempts`;
      const shown = shortened(event, shownCharacters);
      process.stdout.write(`  ${eventId}  ${topic}  ${tries}  ${diedAt}\n    ${error}\n    ${shown}\n`);
    }
  }
}

/** Calls until no dead letter is left, or a call makes no progress. */
async function redrive(ask: Ask, service: string, eventIds: string[], filter: Filter): Promise<void> {
  const query = `mutation($input: RedriveDeadLettersInput!) {
    redriveDeadLetters(input: $input) { redriven failed left } }`;
  type Result = { redriveDeadLetters: { redriven: number; failed: number; left: number } };
  for (let more = true; more; ) {
    const { redriveDeadLetters: result } = await ask<Result>(query, {
      input: { service: service.toUpperCase(), eventIds, ...filter },
    });
    const { redriven, failed, left } = result;
    process.stdout.write(`${service}: ${redriven} handled, ${failed} failed again, ${left} left\n`);
    if (failed > 0) process.exitCode = 1;
    more = left > 0 && redriven > 0;
  }
}

await runCommandLine(help(), async ({ instance, words }) => {
  const { filter, others } = filterIn(words);
  const [command, service, ...eventIds] = others;
  if (command === undefined) return list(await asAdmin(instance), filter);
  if (command === "redrive" && service && services.includes(service)) {
    return redrive(await asAdmin(instance), service, eventIds, filter);
  }
  throw new StartError(
    `${[command, service].join(" ").trim()}: use redrive with one of ${services.join(", ")} (--help)`,
  );
});
