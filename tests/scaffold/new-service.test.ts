import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import t, { type Test } from "tap";
import { eventually } from "../support/eventually.ts";
import { newCustomer } from "../support/people.ts";
import { ownCheckout } from "./copy.ts";

t.setTimeout(900_000);
const { folder, npm, run, newService, state, remove } = await ownCheckout(t);
const before = await state();

t.test("an unusable name is refused in one line, and nothing is written", async (t) => {
  const { code, said } = await newService("orders");
  t.equal(code, 1);
  t.match(said, /^✗ orders is taken: services\/orders exists$/m);
  t.same(await state(), before);
});

const realNpm = (process.env.PATH ?? "")
  .split(delimiter)
  .map((directory) => join(directory, "npm"))
  .find((file) => existsSync(file));

/** Runs `npm run new -- service gadgets`; after the given npm command the shell lines in `then` run. */
async function newServiceThen(t: Test, command: string, then: string) {
  const programs = t.testdir();
  const npmThen = `#!/bin/sh\n"${realNpm}" "$@" || exit 1\ncase "$*" in *"${command}"*)\n${then};;\nesac\n`;
  writeFileSync(join(programs, "npm"), npmThen);
  chmodSync(join(programs, "npm"), 0o755);
  // Not by `npm run`: the first npm would take itself off the PATH of all that it runs.
  return run(process.execPath, ["components/generate/src/new.ts", "service", "gadgets"], programs);
}

t.test("when a step fails, all files are restored", async (t) => {
  const { code, said } = await newServiceThen(t, "run generate", "echo no more room; exit 1");
  t.equal(code, 1);
  t.match(said, /✗ npm run generate failed:[\s\S]*no more room\n {2}All files are as before\./);
  t.same(await state(), before);
});

for (const [signal, command] of [
  ["INT", "install"],
  ["TERM", "run generate"],
  ["HUP", "run baseline"],
] as const) {
  t.test(`SIG${signal} ends the step and restores all files`, async (t) => {
    const { code, said } = await newServiceThen(t, command, `kill -s ${signal} $PPID; exec tail -f /dev/null`);
    t.equal(code, 1);
    t.match(said, new RegExp(`✗ stopped by SIG${signal}\n {2}All files are as before\\.`));
    t.same(await state(), before);
  });
}

t.test("files that somebody saves meanwhile are kept and named", async (t) => {
  const saved = ["docs/flow.md", "docs/notes.md", "services/index.ts", "services/gadgets/README.md"];
  const texts = saved.map((file) => (existsSync(join(folder, file)) ? readFileSync(join(folder, file)) : undefined));
  const save = saved.map((file) => `echo mine >> ${file}`).join("\n");
  const { code, said } = await newServiceThen(t, "run generate", `${save}\nexit 1`);
  t.equal(code, 1);
  const named = ["docs/flow.md", "services/gadgets/README.md", "services/index.ts"];
  t.match(said, new RegExp(`somebody changed meanwhile\\. Restore them by hand:\n {4}${named.join("\n {4}")}$`));
  for (const file of saved) t.match(readFileSync(join(folder, file), "utf8"), /mine\n$/, file);
  const after = await state();
  const others = (files: Record<string, string>) => Object.entries(files).filter(([file]) => !saved.includes(file));
  t.same(others(after), others(before));
  for (const [place, file] of saved.entries()) {
    const text = texts[place];
    if (text) writeFileSync(join(folder, file), text);
    else rmSync(join(folder, file));
  }
  rmSync(join(folder, "services/gadgets"), { recursive: true });
  t.same(await state(), before);
});

t.test("new services pass the check and their tests", async (t) => {
  for (const words of [["gadgets"], ["orchard", "--of", "apple"]]) {
    const { code, said } = await newService(...words);
    t.equal(code, 0, said);
  }
  const checked = await npm(["run", "check"]);
  t.equal(checked.code, 0, checked.said);
  const tested = await npm(["test", "--", "services/gadgets", "domains/gadgets", "orchard/src/rpc", "readiness"]);
  t.equal(tested.code, 0, tested.said);
});

t.test("new services run: a row is written and read through the gateway, and its event is delivered", async (t) => {
  const { startSystem } = (await import(join(folder, "tests/support/system.ts"))) as {
    startSystem: typeof import("../support/system.ts").startSystem;
  };
  const { gatewayUrl } = await startSystem(t);
  const person = await newCustomer(gatewayUrl);
  for (const [one, One] of [
    ["gadget", "Gadget"],
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

t.test("removing a service restores all files", async (t) => {
  for (const service of ["gadgets", "orchard"]) await remove(service);
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
