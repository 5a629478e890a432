import { integerOption } from "@sidecart/pluggable/options";
import { z } from "zod";

/** An empty text counts as no credential, so that one secret works for clusters with and without security. */
const credential = z
  .string()
  .optional()
  .transform((value) => value || undefined);

const urls = z
  .string()
  .transform((list) => list.split(",").map((url) => url.trim()))
  .pipe(z.array(z.url({ protocol: /^https?$/, error: "must be http or https URLs, separated by commas" })).min(1));

export const optionsSchema = z
  .strictObject({
    url: urls,
    username: credential,
    password: credential,
    apiKey: credential,
    indexPrefix: z
      .string()
      .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, "must be 1 to 64 of a-z, 0-9, - and _, not starting with a mark")
      .default("sidecart-"),
    caPath: z.string().min(1).optional(),
    requestTimeoutMs: integerOption(100, 300_000).default(5_000),
    shards: integerOption(1, 1_024).default(1),
    replicas: integerOption(0, 16).default(1),
    refreshIntervalMs: integerOption(10, 60_000).default(1_000),
  })
  .refine(({ username, password }) => (username === undefined) === (password === undefined), {
    path: ["password"],
    message: "username and password must be set together",
  })
  .refine(({ username, apiKey }) => username === undefined || apiKey === undefined, {
    path: ["apiKey"],
    message: "cannot be combined with username and password",
  });

export type ElasticsearchOptions = z.infer<typeof optionsSchema>;
