import { spawn } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { checkout } from "./instance.ts";
import { descendantsOf, StartedCli, stillAlive, temporaryHome, untilGone } from "./testing/started-cli.ts";

// How the launcher stops, and that no process is left afterwards.
t.setTimeout(600_000);

t.test("when a process dies, one line names it and all others are stopped", async (t) => {
  const cli = new StartedCli(t, temporaryHome(t), ["--no-seed"]);
  await cli.ready();
  const running = descendantsOf(cli.pid);
  process.kill(cli.processes().get("orders") ?? 0, "SIGKILL");
  t.equal((await cli.exited).code, 1);
  t.match(cli.output, /✗ orders was killed by SIGKILL\n +The end of \/.*\/logs\/orders\.log:\n +\{.*"ready"/);
  t.same(stillAlive(running), []);
});

t.test("Ctrl-C during the start stops all processes", async (t) => {
  const cli = new StartedCli(t, temporaryHome(t), ["--no-seed"]);
  await cli.until(/Redis/);
  const running = descendantsOf(cli.pid);
  cli.signal("SIGINT");
  t.equal((await cli.exited).code, 130);
  t.match(cli.output, /· stopped\n$/);
  t.ok(running.length > 0);
  t.same(stillAlive(running), []);
});

t.test("Ctrl-C while sample data is created stops all processes in order", async (t) => {
  const cli = new StartedCli(t, temporaryHome(t), []);
  await cli.until(/✓ services/);
  cli.signal("SIGINT");
  t.equal((await cli.exited).code, 130);
  t.match(cli.output, /stopped in [\d.]+ s\n$/);
});

t.test("a second Ctrl-C kills processes that do not stop", async (t) => {
  const cli = new StartedCli(t, temporaryHome(t), ["--no-seed"]);
  await cli.ready();
  const running = descendantsOf(cli.pid);
  process.kill(cli.processes().get("gateway") ?? 0, "SIGSTOP");
  cli.signal("SIGINT");
  await cli.until(/stopping/);
  // Signals that arrive together count as one press; the next later signal is the second press.
  const pressing = setInterval(() => cli.signal("SIGINT"), 50);
  await cli.until(/killing/).finally(() => clearInterval(pressing));
  t.equal((await cli.exited).code, 130);
  t.notMatch(cli.output, /killed, because they did not stop in time/, "at once, not after the time limit");
  await untilGone(running);
});

t.test("a process that does not stop in time is killed and named", async (t) => {
  const cli = new StartedCli(t, temporaryHome(t), ["--no-seed"]);
  await cli.ready();
  const running = descendantsOf(cli.pid);
  process.kill(cli.processes().get("gateway") ?? 0, "SIGSTOP");
  cli.signal("SIGINT");
  t.equal((await cli.exited).code, 0);
  t.match(cli.output, /stopped in [\d.]+ s; killed, because they did not stop in time: gateway\n/);
  t.same(stillAlive(running), []);
});

t.test("a closed output (| head) or terminal leaves no process behind", async (t) => {
  const cli = new StartedCli(t, temporaryHome(t), ["--no-seed", "--verbose"]);
  const url = await cli.ready();
  const running = descendantsOf(cli.pid);
  cli.stopReading();
  for (let call = 0; call < 20; call += 1) await fetch(`${url}/readyz`); // it has something to say
  t.same(stillAlive(running).length, running.length, "it continues without a reader");
  cli.signal("SIGHUP");
  t.equal((await cli.exited).code, 0);
  t.same(stillAlive(running), []);
});

t.test("a bug in the launcher stops all processes", async (t) => {
  const home = temporaryHome(t);
  const cli = new StartedCli(t, home, ["--no-seed"]);
  await cli.ready();
  const running = descendantsOf(cli.pid);
  // The record of the run can no longer be written, which throws an uncaught error.
  mkdirSync(join(home, "default", `run.json.${cli.pid}`));
  process.kill(cli.processes().get("orders") ?? 0, "SIGKILL");
  t.equal((await cli.exited).code, 1);
  t.match(cli.output, /✗ Error: EISDIR/);
  t.same(stillAlive(running), []);
});

t.test("when npm exits, everything stops", async (t) => {
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
  t.notOk(readdirSync(join(home, "default")).includes("run.json"), "it stopped in order");
});
