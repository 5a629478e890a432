import { glob } from "node:fs/promises";
import { parseArgs, styleText } from "node:util";
import { root } from "../check/tool.ts";
import { tap } from "../tap.ts";
import { prepareChart } from "./prepare.ts";
import { command } from "./tools.ts";

const help = `Tests the Helm chart: lint, schema, renders, policies, monitoring; on the cluster that KUBECONFIG names too.

npm run chart [-- --update]

  --update  write the golden renders anew instead of comparing with them
  --help
`;

const { values } = parseArgs({ options: { update: { type: "boolean", default: false }, help: { type: "boolean" } } });
if (values.help) {
  process.stdout.write(help);
} else {
  await prepareChart((line) => process.stdout.write(`  ${line}\n`));
  const files: string[] = [];
  for await (const file of glob("tests/chart/**/*.test.ts", { cwd: root })) files.push(file);
  const cluster = await command("kubectl", ["version", "--request-timeout=5s"]).catch(() => undefined);
  const answers = cluster?.code === 0;
  const said = answers ? "the cluster of KUBECONFIG answers" : "no cluster answers: what needs one is left out";
  process.stdout.write(`${styleText("bold", "chart")}: ${said}\n`);
  const wanted = files.sort().filter((file) => answers || !file.includes("/cluster/"));
  const env = { SIDECART_UPDATE_GOLDEN: values.update ? "1" : "" };
  const outcome = await tap(wanted, { jobs: 2, timeoutSeconds: 600, env });
  process.stdout.write(`\n${outcome.passed} passed, ${outcome.failed} failed\n`);
  process.exitCode = outcome.failed > 0 || outcome.passed === 0 ? 1 : 0;
}
