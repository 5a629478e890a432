import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import t from "tap";
import { GraphqlClient } from "./seed/graphql.ts";
import { people, samplePassword } from "./seed/people.ts";
import { descendantsOf, StartedCli, stillAlive, temporaryHome } from "./testing/started-cli.ts";

t.setTimeout(900_000);

const stranger = { email: "keeper@example.test", username: "keeper", password: "a long enough pass phrase" };
const registering = "mutation ($input: RegisterUserInput!) { registerUser(input: $input) { id } }";
const loggingIn = "mutation ($input: LoginInput!) { login(input: $input) { token } }";

function logIn(url: string, { email, password }: { email: string; password: string }): Promise<unknown> {
  return new GraphqlClient(url).send(loggingIn, { input: { email, password } });
}

t.test("Ctrl-C leaves no process, a second start keeps the data, --reset deletes it", async (t) => {
  const home = temporaryHome(t);
  const first = new StartedCli(t, home, []);
  const url = await first.ready();
  for (const { email } of people.filter(({ shown }) => shown)) await logIn(url, { email, password: samplePassword });
  await new GraphqlClient(url).send(registering, { input: stranger });
  const running = descendantsOf(first.pid);
  first.signal("SIGINT");
  t.equal((await first.exited).code, 0);
  t.match(first.output, /stopped in [\d.]+ s\n/, "all processes stopped in time");
  t.ok(running.length > 15, "a whole system was running");
  t.same(stillAlive(running), []);
  t.notOk(readdirSync(join(home, "default")).includes("run.json"));
  const sockets = readdirSync(join(home, "default", "sockets")).filter((name) => name.endsWith(".sock"));
  t.same(sockets, []);

  const second = new StartedCli(t, home, []);
  await logIn(await second.ready(), stranger);
  t.match(second.output, /sample data \(kept\)/);
  second.signal("SIGTERM");
  t.equal((await second.exited).code, 0);

  const third = new StartedCli(t, home, ["--reset", "--no-seed"]);
  await t.rejects(logIn(await third.ready(), stranger), { code: "INVALID_CREDENTIALS" });
  third.signal("SIGINT");
  await third.exited;
  t.match(third.output, people[0]?.email);
  for (const { email, role } of people) if (role !== "admin") t.notMatch(third.output, email, "not created");
});

t.test("two instances run side by side, and none starts twice", async (t) => {
  const home = temporaryHome(t);
  const one = new StartedCli(t, home, ["--instance", "one", "--no-seed"]);
  const two = new StartedCli(t, home, ["--instance", "two", "--no-seed"]);
  t.not(await one.ready(), await two.ready());
  const again = new StartedCli(t, home, ["--instance", "one", "--no-seed"]);
  t.equal((await again.exited).code, 1);
  t.match(again.output, `instance "one" is already running (pid ${one.pid})`);
  t.ok(one.processes("one").size > 10, "the running one continues");
});

t.test("the next start stops the processes of a killed launcher, and no others", async (t) => {
  const home = temporaryHome(t);
  const first = new StartedCli(t, home, ["--no-seed"]);
  await first.ready();
  const left = descendantsOf(first.pid);
  first.signal("SIGKILL");
  await first.exited;
  t.equal(stillAlive(left).length, left.length, "they still run");
  const next = new StartedCli(t, home, ["--no-seed"]);
  await next.until(/stopped processes that an earlier run left: .*orders-dapr/);
  t.same(stillAlive(left), []);
  await next.ready();
});

t.test("a recorded pid that now belongs to another process is not signalled", async (t) => {
  const home = temporaryHome(t);
  const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { detached: true, stdio: "ignore" });
  t.teardown(() => other.kill("SIGKILL"));
  await once(other, "spawn");
  const first = new StartedCli(t, home, ["--no-seed"]);
  await first.ready();
  first.signal("SIGINT");
  await first.exited;
  const entry = { pid: other.pid, start: "an earlier boot:1", stopSignal: "SIGKILL" };
  const record = { launcher: { pid: other.pid, start: "an earlier boot:1" }, processes: { orders: entry } };
  writeFileSync(join(home, "default", "run.json"), JSON.stringify(record));
  await new StartedCli(t, home, ["--no-seed"]).ready();
  t.equal(other.exitCode ?? other.signalCode, null);
});

t.test("the error for a port in use says what to do", async (t) => {
  const server = createServer().listen(0, "127.0.0.1");
  t.teardown(() => server.close());
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const cli = new StartedCli(t, temporaryHome(t), ["--port", String(port)]);
  t.equal((await cli.exited).code, 1);
  t.match(
    cli.output,
    `✗ port ${port} is in use: stop the program that listens there, or choose another port with --port N`,
  );
});

t.test("a folder that cannot be created is reported, and nothing hangs", async (t) => {
  const cli = new StartedCli(t, temporaryHome(t), [], { SIDECART_HOME: "/proc/nowhere/deep" });
  t.equal((await cli.exited).code, 1);
  t.match(cli.output, /^✗ cannot create \/proc\/nowhere\/deep\/default: .*: choose another SIDECART_HOME\n$/);
});

t.test("the error for a missing tool says what to do", async (t) => {
  const home = temporaryHome(t);
  const cli = new StartedCli(t, home, [], { PATH: "/nowhere", HOME: home });
  t.equal((await cli.exited).code, 1);
  t.match(
    cli.output,
    /✗ (redis-server is missing: install Redis|Go is missing, which builds the Dapr runtime: install Go)/,
  );
});
