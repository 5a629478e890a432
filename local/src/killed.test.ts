import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { descendantsOf, StartedCli, stillAlive, temporaryHome } from "./testing/started-cli.ts";

t.setTimeout(900_000);
const rounds = 4;

const search = JSON.stringify({
  query: '{ searchProducts(query: "tea") { totalCount } products(first: 50) { nodes { id stock } } }',
});

/** Requests without pause until the system is gone, so that its database works when it is killed. */
async function load(url: string): Promise<void> {
  const send = () =>
    fetch(`${url}/graphql`, { method: "POST", headers: { "content-type": "application/json" }, body: search });
  const run = async () => {
    for (;;) {
      const response = await send();
      await response.text();
    }
  };
  await Promise.allSettled(Array.from({ length: 8 }, run));
}

t.test("everything is killed at once under load: the start right after it succeeds, each time", async (t) => {
  const home = temporaryHome(t);
  let cli = new StartedCli(t, home, []);
  for (let round = 0; round < rounds; round += 1) {
    const url = await cli.ready();
    const loaded = load(url);
    const { pid } = cli;
    const all = descendantsOf(pid);
    process.kill(pid, "SIGKILL");
    for (const one of stillAlive(all)) {
      try {
        process.kill(one, "SIGKILL");
      } catch {
        // It ended with its parent.
      }
    }
    cli = new StartedCli(t, home, []);
    await loaded;
  }
  await cli.ready();
  t.match(cli.output, /sample data \(kept\)/);
  t.notMatch(readFileSync(join(home, "default", "logs", "postgres.log"), "utf8"), /database system is shut down/);
});
