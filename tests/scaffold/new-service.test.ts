import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { eventually } from "../support/eventually.ts";
import { newCustomer } from "../support/people.ts";
import { ownCheckout } from "./copy.ts";

t.setTimeout(900_000);
const { folder, npm, newService, state, remove } = await ownCheckout(t);
const before = await state();

t.test("a name that cannot be is refused in one line, and nothing is written", async (t) => {
  const { code, said } = await newService("orders");
  t.equal(code, 1);
  t.match(said, /^✗ orders is taken: services\/orders is there$/m);
  t.same(await state(), before);
});

t.test("when a step fails, all is as it was", async (t) => {
  const programs = t.testdir();
  const fails = `#!/bin/sh
PATH=\${PATH#*:}
npm "$@" || exit 1
case "$*" in *"run generate"*) echo no more room; exit 1;; esac
`;
  writeFileSync(join(programs, "npm"), fails);
  chmodSync(join(programs, "npm"), 0o755);
  const { code, said } = await npm(["run", "new", "--", "service", "lanterns"], programs);
  t.equal(code, 1);
  t.match(said, /✗ npm run generate failed:[\s\S]*no more room\n {2}Nothing was changed\./);
  t.same(await state(), before);
});

t.test("new services are in order at once, and their tests pass", async (t) => {
  for (const words of [["lanterns"], ["orchard", "--of", "apple"]]) {
    const { code, said } = await newService(...words);
    t.equal(code, 0, said);
  }
  const checked = await npm(["run", "check"]);
  t.equal(checked.code, 0, checked.said);
  const tested = await npm(["test", "--", "services/lanterns", "domains/lanterns", "orchard/src/rpc", "readiness"]);
  t.equal(tested.code, 0, tested.said);
});

t.test("they run: a row is written and read through the gateway, and its event is delivered", async (t) => {
  const { startSystem } = (await import(join(folder, "tests/support/system.ts"))) as {
    startSystem: typeof import("../support/system.ts").startSystem;
  };
  const { gatewayUrl } = await startSystem(t);
  const person = await newCustomer(gatewayUrl);
  for (const [one, One] of [
    ["lantern", "Lantern"],
    ["apple", "Apple"],
  ] as const) {
    const create = `mutation($input: Create${One}Input!) { created: create${One}(input: $input) { id name userId } }`;
    const { created } = await person.get<{ created: { id: string } }>(create, { input: { name: "First" } });
    t.match(created, { name: "First", userId: person.id });
    t.equal(await person.refusal(create, { input: { name: "First" } }), `${one.toUpperCase()}_NAME_TAKEN`);
    await eventually(`the event of the ${one}`, async () => {
      const query = `query($id: ID!) { read: ${one}(id: $id) { name announcedAt } }`;
      const { read } = await person.get<{ read: { announcedAt: string | null } }>(query, { id: created.id });
      return read.announcedAt !== null;
    });
  }
});

t.test("removing them is deleting them: all is as it was", async (t) => {
  for (const service of ["lanterns", "orchard"]) await remove(service);
  for (const step of [
    "run format -- services/index.ts gateway/src/domains/domains.ts",
    "install --prefer-offline --no-audit",
    "run generate",
    "run baseline",
    "run chart -- --update",
  ]) {
    const { code, said } = await npm(step.split(" "));
    t.equal(code, 0, said);
  }
  t.same(await state(), before);
});
