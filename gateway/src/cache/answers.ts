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

/** Texts of answers by their question, each with what it was made of: that is kept with it, and charged. */
export function createAnswers(maxBytes: number, maxAgeMs: number) {
  const answers = new LRUCache<string, Answer>({
    maxSize: maxBytes,
    sizeCalculation: ({ text, made }, question) => bytesOfNothing + bytesOfTexts(question, text) + made.bytes(),
    ttl: maxAgeMs,
  });
  const counts = countCache("answers", () => answers.size);
  return {
    /** Everything is read again as it would be for an answer, to know whether it is the same. */
    known(question: string): string | undefined {
      const answer = answers.get(question);
      if (answer?.made.stands()) {
        counts.hits += 1;
        return answer.text;
      }
      if (answer) answers.delete(question);
      counts.misses += 1;
      return undefined;
    },
    keep(made: Made, text: string): void {
      answers.set(made.question, { text, made });
    },
  };
}

/** Answers whoever asks what was asked before with the same text, while all that it was made of stands. */
export function keepAnswers(app: FastifyInstance, path: string, maxAgeMs: number): void {
  const answers = createAnswers(bytesIn(shareOfHeap), maxAgeMs);
  app.decorateRequest("made", null);
  app.addHook("preHandler", (request, reply, done) => {
    const question = request.routeOptions.url === path ? questionOf(request) : undefined;
    if (question === undefined) return done();
    const text = answers.known(question);
    if (text !== undefined) {
      reply.type("application/json; charset=utf-8").send(text);
      return;
    }
    request.made = new Made(question);
    done();
  });
  app.addHook("onSend", ({ made }, { statusCode }, text, done) => {
    if (made?.mayBeKept && statusCode === 200 && typeof text === "string") answers.keep(made, text);
    done(null, text);
  });
}

/** What is asked, as a text; undefined where it is wrong or not worth keeping, and where a query is to be kept by its hash. */
function questionOf(request: FastifyRequest): string | undefined {
  const asked = askedIn(request);
  const { query, extensions } = asked;
  if (request.validationError || (query && extensions)) return undefined;
  if (typeof query === "string" && (query.length > longestQuestion || /^\s*mutation/.test(query))) return undefined;
  const question = `${request.method} ${JSON.stringify(asked)}`;
  return question.length > longestQuestion ? undefined : question;
}
