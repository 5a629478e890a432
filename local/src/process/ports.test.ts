import crypto from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import t from "tap";
import { isFree, Ports } from "./ports.ts";

t.test("two launchers that choose at the same time choose different ports", async (t) => {
  const [one, two] = [new Ports({ a: 20_001 }), new Ports({ a: 20_001 })];
  const [first, second] = [await one.hold("a"), await two.hold("a")];
  t.not(first, second);
  await Promise.all([one.release(""), two.release("")]);
});

t.test("what was released for a program that does not listen yet is given to no other", async (t) => {
  const free = new Ports();
  const [first, second] = [await free.hold("first"), await free.hold("second")];
  await free.release("");
  free.giveBack();
  const picks = [first, first, second];
  const next = () => picks.shift() ?? crypto.randomInt(20_200, 32_768);
  const { Ports: Picking } = await t.mockImport<typeof import("./ports.ts")>("./ports.ts", {
    "node:crypto": { ...crypto, randomInt: next },
  });
  const ports = new Picking();
  t.equal(await ports.hold("one"), first);
  await ports.release("one");
  t.equal(await ports.hold("two"), second);
  await ports.release("two");
  t.equal(await ports.hold("one"), first, "when it is started again it has its own");
  await ports.release("one");
  ports.giveBack();
});

t.test("a port is free for its program once it is released, and chosen again in the next run", async (t) => {
  const ports = new Ports();
  const port = await ports.hold("orders.app");
  t.notOk(await isFree(port));
  await ports.release("orders.");
  t.ok(await isFree(port));
  t.not(await new Ports({ other: port }).hold("other"), port, "but for no other launcher");
  ports.giveBack();
  t.equal(await new Ports(JSON.parse(JSON.stringify(ports))).hold("orders.app"), port);
});

t.test("a port that somebody has on one address only is not free", async (t) => {
  const server = createServer().listen(0, "127.0.0.1");
  t.teardown(() => server.close());
  await once(server, "listening");
  const address = server.address();
  t.notOk(await isFree(typeof address === "object" && address ? address.port : 0));
});
