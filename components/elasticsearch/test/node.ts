import { type RunningElasticsearch, startElasticsearch } from "@sidecart/local/servers/elasticsearch/start";
import { freePort } from "@sidecart/local/testing/free-port";
import type { Test } from "tap";

export type TestNode = { url: string; running: RunningElasticsearch; start(): Promise<void> };

/** A real node with its data in the test's folder. `start` starts it again with the same data and address. */
export async function startNode(t: Test): Promise<TestNode> {
  const dataDir = t.testdir();
  const httpPort = await freePort();
  const start = () => startElasticsearch({ dataDir, httpPort, log: (line) => t.comment(line) });
  const node: TestNode = {
    url: `http://127.0.0.1:${httpPort}`,
    running: await start(),
    start: async () => {
      node.running = await start();
    },
  };
  t.teardown(() => node.running.stop());
  return node;
}
