import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../../check/tool.ts";
import { type Kubectl, lines } from "../kubectl.ts";
import { restrictedContainer, restrictedPod } from "../restricted.ts";
import type { Summary } from "./statistics.ts";

/** The source files of the program in the pod. Node runs them without a build. */
const sources = [
  "tests/cluster/load/main.ts",
  "tests/cluster/load/shopper.ts",
  "tests/cluster/load/statistics.ts",
  "tests/support/eventually.ts",
  "tests/support/graphql.ts",
  "tests/support/people.ts",
];

export type LoadOptions = { image: string; people: number; rate?: number; seconds?: number };
export type Load = {
  /** Stops the load and returns its summary. */
  stop(): Promise<Summary>;
  /** Waits until the load ends by itself, and returns its summary. */
  summary: Promise<Summary>;
};

const name = "cluster-load";

/** Starts shoppers in a pod, as clients inside the cluster. Resolves when they send requests. */
export async function startLoad(cluster: Kubectl, options: LoadOptions): Promise<Load> {
  const { email = "", password = "" } = await cluster.secret("accounts-first-admin");
  await cluster.run("delete", "pod", name, "--ignore-not-found", "--grace-period=0", "--force");
  await cluster.apply(await configMap(), pod(options, email, password));
  await cluster.run("wait", "--for=condition=Ready", `pod/${name}`, "--timeout=120s");
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  let last = "";
  const log = lines("kubectl", ["--namespace", cluster.namespace, "logs", "--follow", name], (line) => {
    last = line;
    if (line === "begun") begin();
  });
  const summary = log.ended.then(() => {
    if (!last.startsWith("{")) throw new Error(`unexpected last line of the load: ${last}`);
    return JSON.parse(last) as Summary;
  });
  await Promise.race([begun, summary]);
  const stop = async () => {
    await cluster.run("exec", name, "--", "node", "--eval", "process.kill(1, 'SIGTERM')");
    return summary;
  };
  return { stop, summary };
}

async function configMap(): Promise<object> {
  const entries = sources.map(async (file, at) => [`${at}`, await readFile(join(root, file), "utf8")]);
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name },
    data: Object.fromEntries(await Promise.all(entries)),
  };
}

function pod({ image, people, rate = 0, seconds = 3_600 }: LoadOptions, email: string, password: string): object {
  const args = ["--url=http://gateway", `--people=${people}`, `--rate=${rate}`, `--seconds=${seconds}`];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels: { "app.kubernetes.io/name": name } },
    spec: {
      restartPolicy: "Never",
      automountServiceAccountToken: false,
      securityContext: restrictedPod(65532),
      containers: [
        {
          name: "load",
          image,
          imagePullPolicy: "IfNotPresent",
          command: ["node", "/load/tests/cluster/load/main.ts", ...args],
          env: [
            { name: "ADMIN_EMAIL", value: email },
            { name: "ADMIN_PASSWORD", value: password },
          ],
          securityContext: restrictedContainer,
          volumeMounts: [{ name: "sources", mountPath: "/load" }],
        },
      ],
      volumes: [{ name: "sources", configMap: { name, items: sources.map((path, at) => ({ key: `${at}`, path })) } }],
    },
  };
}
