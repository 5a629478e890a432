import t from "tap";
import { allowDownload } from "../../servers/java/patience.ts";
import type { Secrets } from "../secrets/secrets.ts";
import { StartError } from "../start-error.ts";
import { freePort } from "../testing/free-port.ts";
import { temporaryHome } from "../testing/started-cli.ts";
import { launchStores } from "../testing/stores-only.ts";
import { withEnvironment } from "../testing/with-environment.ts";

allowDownload(t);

const own = { search: "elasticsearch" } as const;

t.test(
  "our Elasticsearch keeps its index after a kill and after a stop; an instance can use another's server",
  async (t) => {
    const home = temporaryHome(t);
    const first = await launchStores(t, home, own);
    await put(first.secrets, "one");
    await first.system.kill("elasticsearch");
    await t.rejects(put(first.secrets, "lost"));
    await first.system.start("elasticsearch");
    await put(first.secrets, "two");
    await first.system.stop();

    const second = await launchStores(t, home, own);
    t.equal((await ask(second.secrets, "one")).status, 200);
    t.equal((await ask(second.secrets, "two")).status, 200);

    const nobody = `http://127.0.0.1:${await freePort()}`;
    withEnvironment(t, { ELASTICSEARCH_URL: nobody });
    const refusal = await launchStores(t, temporaryHome(t), own).catch((error: unknown) => error);
    t.ok(refusal instanceof StartError);
    t.match(refusal, { message: new RegExp(`^Elasticsearch at ${nobody}/ \\(ELASTICSEARCH_URL\\) .*ECONNREFUSED`) });

    withEnvironment(t, { ELASTICSEARCH_URL: (second.secrets.search?.url ?? "").replace("//", "//ada:p%40ss@") });
    const guest = await launchStores(t, temporaryHome(t), own);
    t.notOk(guest.system.processes.has("elasticsearch"));
    t.same(guest.secrets.search, { url: `${second.secrets.search?.url}/`, username: "ada", password: "p@ss" });
  },
);

async function put(secrets: Secrets, id: string): Promise<void> {
  const response = await ask(secrets, id, { method: "PUT", body: JSON.stringify({ id }) });
  if (!response.ok) throw new Error(await response.text());
}

function ask({ search }: Secrets, id: string, more: RequestInit = {}): Promise<Response> {
  return fetch(`${search?.url}/kept/_doc/${id}`, { headers: { "content-type": "application/json" }, ...more });
}
