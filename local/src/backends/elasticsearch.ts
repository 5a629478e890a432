import { StartError } from "../start-error.ts";
import type { Backend } from "./backend.ts";
import { startComponent } from "./pluggable.ts";

/** The product index in the Elasticsearch that ELASTICSEARCH_URL names. */
export const elasticsearch: Backend = {
  async start(run) {
    const search = searchSecret(process.env.ELASTICSEARCH_URL);
    await startComponent(run, "elasticsearch");
    return { search };
  },
};

/** An address with its user and password apart, as the component takes them. */
function searchSecret(address = ""): { url: string; username: string; password: string } {
  if (!URL.canParse(address)) {
    throw new StartError("--search elasticsearch needs ELASTICSEARCH_URL, such as http://127.0.0.1:9200");
  }
  const url = new URL(address);
  const [username, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  url.username = "";
  url.password = "";
  return { url: url.href, username, password };
}
