import { join } from "node:path";
import { elasticsearchProcess, hasItsShards } from "@sidecart/local/servers/elasticsearch/process";
import { unusable } from "../diagnosis/remedy.ts";
import type { Run } from "../run.ts";
import { StartError } from "../start-error.ts";
import type { Backend } from "./backend.ts";
import { startComponent } from "./pluggable.ts";

interface SearchSecret extends Record<string, string> {
  url: string;
  username: string;
  password: string;
}

const answerWithinMs = 5_000;

/** The product index in Elasticsearch. */
export const elasticsearch: Backend = {
  async start(run) {
    const url = process.env.ELASTICSEARCH_URL;
    const component = startComponent(run, "elasticsearch", "elasticsearch-binding");
    const [search] = await Promise.all([url ? existing(url) : own(run), component]);
    return { search };
  },
};

async function existing(address: string): Promise<SearchSecret> {
  const secret = searchSecret(address);
  const { url, username, password } = secret;
  const basic = Buffer.from(`${username}:${password}`).toString("base64");
  const headers: Record<string, string> = username ? { authorization: `Basic ${basic}` } : {};
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(answerWithinMs) });
    await response.body?.cancel();
    if ([401, 403].includes(response.status)) throw new Error(`it responds with ${response.status}`);
  } catch (error) {
    throw unusable(`Elasticsearch at ${url}`, "ELASTICSEARCH_URL", error);
  }
  return secret;
}

/** Separates user and password from the URL, as the component needs them. */
function searchSecret(address: string): SearchSecret {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new StartError("ELASTICSEARCH_URL must be of the form http[s]://[user:password@]host[:port]");
  const [username, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  url.username = "";
  url.password = "";
  return { url: url.href, username, password };
}

/** A node without security: our distribution has no security module. */
async function own(run: Run): Promise<SearchSecret> {
  const { http } = await run.take("elasticsearch", ["http"]);
  const url = `http://127.0.0.1:${http}`;
  const [folder, log] = [join(run.instance.folder, "elasticsearch"), join(run.instance.logs, "elasticsearch.log")];
  const spec = await elasticsearchProcess({ folder, port: http, log }, run);
  await run.start("stores", spec, () => hasItsShards(url));
  await run.system.ready("elasticsearch");
  return { url, username: "", password: "" };
}
