import type { FastifyInstance, FastifyRequest } from "fastify";
import { LRUCache } from "lru-cache";
import { askedIn } from "../asked.ts";
import { Made } from "./made.ts";
import { countCache } from "./metrics.ts";
import { bytesIn, bytesOfNothing, bytesOfTexts } from "./room.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** What its answer is made of; null where nobody wants to know. */
    made: Made | null;
  }
}

const shareOfHeap = 0.05;
/** Longer questions are rarely asked twice. */
const longestQuestion = 4_096;

type Answer = { text: string; made: Made };

/**
 * Keeps the texts of answers that are made of nothing but what is in memory, and gives them to whoever asks the same
 * while all of that stands: to know, everything is read again as it would be for an answer.
 */
export function keepAnswers(app: FastifyInstance, path: string, maxAgeMs: number): void {
  const answers = new LRUCache<string, Answer>({
    maxSize: bytesIn(shareOfHeap),
    // what it is made of may be in no other cache any more, and takes about as much as the text
    sizeCalculation: ({ text }, question) => bytesOfNothing + bytesOfTexts(question, text, text),
    ttl: maxAgeMs,
  });
  const counts = countCache("answers", () => answers.size);
  app.decorateRequest("made", null);
  app.addHook("preHandler", (request, reply, done) => {
    const question = request.routeOptions.url === path ? questionOf(request) : undefined;
    if (question === undefined) return done();
    const known = answers.get(question);
    if (known?.made.stands()) {
      counts.hits += 1;
      reply.type("application/json; charset=utf-8").send(known.text);
      return;
    }
    request.made = new Made(question);
    done();
  });
  app.addHook("onSend", ({ made }, { statusCode }, text, done) => {
    if (made?.mayBeKept && statusCode === 200 && typeof text === "string") {
      counts.misses += 1;
      answers.set(made.question, { text, made });
    }
    done(null, text);
  });
}

/** What is asked, as a text; undefined where it is not worth keeping, or where asking has the effect that a query is kept. */
function questionOf(request: FastifyRequest): string | undefined {
  const asked = askedIn(request);
  if (asked.query && asked.extensions) return undefined;
  const question = JSON.stringify(asked);
  return question.length > longestQuestion ? undefined : question;
}
