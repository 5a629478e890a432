import { spawn } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { checkout } from "./instance.ts";
import { descendantsOf, StartedCli, stillAlive, temporaryHome, untilGone } from "./testing/started-cli.ts";

// How the launcher comes to its end, and that nothing is left then.
t.setTimeout(600_000);

t.test("a process that dies is named in one line, and everything else is stopped", async (t) => {
  const cli = new StartedCli(t, temporaryHome(t), ["--no-seed"]);
  await cli.ready();
  const running = descendantsOf(cli.pid);
  process.kill(cli.processes().get("orders") ?? 0, "SIGKILL");
  t.equal((await cli.exited).code, 1);
  t.match(cli.output, /✗ orders was ended by SIGKILL\n +The end of \/.*\/logs\/orders\.log:\n +\{.*"ready"/);
  t.same(stillAlive(running), []);
});

t.test("Ctrl-C while it starts stops what has been started", async (t) => {
  const cli = new StartedCli(t, temporaryHome(t), ["--no-seed"]);
  await cli.until(/Redis/);
  const running = descendantsOf(cli.pid);
  cli.signal("SIGINT");
  t.equal((await cli.exited).code, 130);
  t.match(cli.output, /· stopped\n$/);
  t.ok(running.length > 0);
  t.same(stillAlive(running), []);
});

t.test("Ctrl-C while sample data is filled in kills nobody", async (t) => {
  const cli = new StartedCli(t, temporaryHome(t), []);
  await cli.until(/✓ services/);
  cli.signal("SIGINT");
  t.equal((await cli.exited).code, 130);
  t.match(cli.output, /stopped in [\d.]+ s\n$/);
});

t.test("a second Ctrl-C kills what does not end", async (t) => {
  const cli = new StartedCli(t, temporaryHome(t), ["--no-seed"]);
  await cli.ready();
  const running = descendantsOf(cli.pid);
  process.kill(cli.processes().get("gateway") ?? 0, "SIGSTOP");
  cli.signal("SIGINT");
  await cli.until(/stopping/);
  // signals that come together are one press: the first that comes later is the second press
  const pressing = setInterval(() => cli.signal("SIGINT"), 50);
  await cli.until(/killing/).finally(() => clearInterval(pressing));
  t.equal((await cli.exited).code, 130);
  t.notMatch(cli.output, /killed, because it did not end in time/, "at once, not when the time to stop is over");
  await untilGone(running);
});

t.test("what does not end in its time is killed and named", async (t) => {
  const cli = new StartedCli(t, temporaryHome(t), ["--no-seed"]);
  await cli.ready();
  const running = descendantsOf(cli.pid);
  process.kill(cli.processes().get("gateway") ?? 0, "SIGSTOP");
  cli.signal("SIGINT");
  t.equal((await cli.exited).code, 0);
  t.match(cli.output, /stopped in [\d.]+ s; killed, because it did not end in time: gateway\n/);
  t.same(stillAlive(running), []);
});

t.test("a reader that goes away (| head) or a terminal that is closed leaves nothing behind", async (t) => {
  const cli = new StartedCli(t, temporaryHome(t), ["--no-seed", "--verbose"]);
  const url = await cli.ready();
  const running = descendantsOf(cli.pid);
  cli.stopReading();
  for (let call = 0; call < 20; call += 1) await fetch(`${url}/readyz`); // it has something to say
  t.same(stillAlive(running).length, running.length, "it goes on without a reader");
  cli.signal("SIGHUP");
  t.equal((await cli.exited).code, 0);
  t.same(stillAlive(running), []);
});

t.test("a defect of the launcher itself stops what it has started", async (t) => {
  const home = temporaryHome(t);
  const cli = new StartedCli(t, home, ["--no-seed"]);
  await cli.ready();
  const running = descendantsOf(cli.pid);
  // the record of the run cannot be written any more: it throws where nobody catches
  mkdirSync(join(home, "default", `run.json.${cli.pid}`));
  process.kill(cli.processes().get("orders") ?? 0, "SIGKILL");
  t.equal((await cli.exited).code, 1);
  t.match(cli.output, /✗ Error: EISDIR/);
  t.same(stillAlive(running), []);
});

t.test("the end of npm ends everything", async (t) => {
  const home = temporaryHome(t);
  const command = ["start", "--", "--port", "0", "--no-seed"];
  const npm = spawn("npm", command, { cwd: checkout, env: { ...process.env, SIDECART_HOME: home }, stdio: "pipe" });
  t.teardown(() => npm.kill("SIGKILL"));
  let output = "";
  for await (const chunk of npm.stdout) {
    output += chunk;
    if (output.includes("GraphQL")) break;
  }
  const running = descendantsOf(npm.pid ?? 0);
  t.ok(running.length > 15, "a whole system was running");
  npm.kill("SIGTERM");
  await untilGone(running);
  t.notOk(readdirSync(join(home, "default")).includes("run.json"), "in good order");
});
