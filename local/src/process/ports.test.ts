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

t.test("a port that was released for a program is given to no other, even before the program listens", async (t) => {
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
  t.equal(await ports.hold("one"), first, "after a restart it has the same port");
  await ports.release("one");
  ports.giveBack();
});

t.test("a released port is free for its program and used again in the next run", async (t) => {
  const ports = new Ports();
  const port = await ports.hold("orders.app");
  t.notOk(await isFree(port));
  await ports.release("orders.");
  t.ok(await isFree(port));
  t.not(await new Ports({ other: port }).hold("other"), port, "but not by another launcher");
  ports.giveBack();
  t.equal(await new Ports(JSON.parse(JSON.stringify(ports))).hold("orders.app"), port);
});

t.test("a port that is in use on one address is not free", async (t) => {
  const server = createServer().listen(0, "127.0.0.1");
  t.teardown(() => server.close());
  await once(server, "listening");
  const address = server.address();
  t.notOk(await isFree(typeof address === "object" && address ? address.port : 0));
});
