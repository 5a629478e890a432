import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { text } from "node:stream/consumers";

/**
 * A fake `docker` command for kind. It records kind's calls and responds to them up to the point where Kubernetes would
 * start. DOCKER_CALLS is the file of the record; CONTAINERD_CONFIG is the containerd configuration of a node image.
 */
export interface DockerCall {
  args: string[];
  /** The content that kind wrote to a file of the node. */
  stdin: string;
}

const { DOCKER_CALLS = "", CONTAINERD_CONFIG = "" } = process.env;
const args = process.argv.slice(2);
const line = args.join(" ");
const stdin = args.includes("-i") && line.includes("/dev/stdin") ? await text(process.stdin) : "";
const before = existsSync(DOCKER_CALLS) ? readFileSync(DOCKER_CALLS, "utf8").split("\n").filter(Boolean) : [];
appendFileSync(DOCKER_CALLS, `${JSON.stringify({ args, stdin })}\n`);
const nodes = before.flatMap((call) => {
  const [verb, , name = ""] = (JSON.parse(call) as DockerCall).args;
  return verb === "run" ? [name] : [];
});

/** The output of the first matching pattern. Other commands succeed without output. */
const answers: [RegExp, string][] = [
  [/^-v/, "Docker version 29.0.0"],
  [/^info .*json \.}/, '{"CgroupVersion":"2","CgroupDriver":"systemd","MemoryLimit":true,"SecurityOptions":[]}'],
  [/^ps /, nodes.join("\n")],
  [/^network ls/, "0a1b2c"],
  [/^logs /, "Reached target multi-user.target - Multi-User System."],
  [/^inspect .*kind\.role/, "control-plane"],
  [/^inspect .*IPAddress/, "172.18.0.2,"],
  [/^exec .*cat \/kind\/version/, "v1.35.8"],
  [/^exec .*cat \/etc\/containerd\/config\.toml/, CONTAINERD_CONFIG],
];

const answer = answers.find(([asked]) => asked.test(line))?.[1];
if (answer) process.stdout.write(`${answer}\n`);
if (/^exec .*kubeadm init/.test(line)) {
  process.stderr.write("this is not a real Docker\n");
  process.exitCode = 1;
}
