import { join } from "node:path";
import { goBuild } from "@sidecart/local/parts/go-build";
import { findProgram } from "@sidecart/local/process/find-program";
import { execa } from "execa";

const here = import.meta.dirname;
type Note = (text: string) => void;
const quiet: Note = () => {};
/** The Kubernetes version for renders without a cluster. */
export const kubernetesVersion = "1.35.0";

/** A program on PATH, else our own cached build. */
async function installed(name: string, command: string, title: string, note: Note): Promise<string> {
  const found = findProgram(name);
  if (found) return found;
  const build = { title, name, source: join(here, "tools"), packages: [command], takes: "two minutes" };
  return join(await goBuild({ ...build, advice: `install ${name}, or Go from https://go.dev/dl` }, note), name);
}

export const findHelm = (note: Note = quiet) => installed("helm", "helm.sh/helm/v3/cmd/helm", "Helm", note);
export const findKubeconform = (note: Note = quiet) =>
  installed("kubeconform", "github.com/yannh/kubeconform/cmd/kubeconform", "kubeconform", note);

/** Builds our checker `tests/chart/<name>`. */
export async function builtChecker(name: string, note: Note = quiet): Promise<string> {
  const build = { title: `the check ${name}`, name: `chart-${name}`, source: join(here, name), packages: ["."] };
  const advice = "install Go from https://go.dev/dl";
  return join(await goBuild({ ...build, takes: "half a minute", advice }, note), name);
}

/** Runs a checker, which reads JSON lines and writes one for each. */
export async function checker<Question, Answer>(name: string): Promise<(asked: Question[]) => Promise<Answer[]>> {
  const program = await builtChecker(name);
  return async (asked) => {
    const input = asked.map((one) => JSON.stringify(one)).join("\n");
    const { code, stdout, stderr } = await command(program, [], { input });
    if (code !== 0) throw new Error(`${name}: ${stderr}`);
    return stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Answer);
  };
}

export type Ended = { code: number; stdout: string; stderr: string };
type Options = { input?: string; env?: Record<string, string> };

/** Runs a program to its end, with any exit code. */
export async function command(program: string, args: string[], options: Options = {}): Promise<Ended> {
  const ended = await execa(program, args, { input: "", ...options, reject: false, stripFinalNewline: false });
  if (ended.exitCode === undefined) throw ended;
  return { code: ended.exitCode, stdout: ended.stdout, stderr: ended.stderr };
}
