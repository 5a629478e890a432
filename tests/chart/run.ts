import { glob } from "node:fs/promises";
import { parseArgs, styleText } from "node:util";
import { root } from "../check/tool.ts";
import { orRefuse, refuse } from "../command-line.ts";
import { buildTap, tap } from "../tap.ts";
import { updateGolden } from "./golden.ts";
import { prepareChart, prepareHelm } from "./prepare.ts";
import { help } from "./run.help.mjs";
import { command } from "./tools.ts";

const flag = { type: "boolean", default: false } as const;
const { values } = orRefuse(() => parseArgs({ options: { update: flag, cluster: flag, help: flag } }));
if (values.help) {
  process.stdout.write(help());
} else if (values.update) {
  await prepareHelm((line) => process.stdout.write(`  ${line}\n`));
  await updateGolden();
  process.stdout.write("the renders in tests/chart/golden are renewed\n");
} else {
  await buildTap();
  await prepareChart((line) => process.stdout.write(`  ${line}\n`));
  const files: string[] = [];
  for await (const file of glob("tests/chart/**/*.test.ts", { cwd: root })) files.push(file);
  const said = values.cluster ? `also on ${await clusterName()}` : "without a cluster (use --cluster to add one)";
  process.stdout.write(`${styleText("bold", "chart")}: ${said}\n`);
  const wanted = files.sort().filter((file) => values.cluster || !file.includes("/cluster/"));
  const env = { SIDECART_TEST_CLUSTER: values.cluster ? "1" : "" };
  const outcome = await tap(wanted, { jobs: 2, timeoutSeconds: 600, env });
  process.stdout.write(`\n${outcome.passed} passed, ${outcome.failed} failed\n`);
  process.exitCode = outcome.failed > 0 || outcome.passed === 0 ? 1 : 0;
}

/** The cluster of kubectl; exits if it does not respond. */
async function clusterName(): Promise<string> {
  const { code, stderr } = await command("kubectl", ["version", "--request-timeout=5s"]);
  if (code !== 0) refuse(`--cluster: no cluster responds: ${stderr.trim()}`);
  const context = await command("kubectl", ["config", "current-context"]);
  return `the cluster of ${context.stdout.trim()}`;
}
