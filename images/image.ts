import { existsSync } from "node:fs";
import { glob } from "node:fs/promises";
import { basename, join } from "node:path";

/** An image that runs programs of our workspaces with Node. */
export interface Image {
  /** The name after `sidecart/`, such as `orders` or `component-elasticsearch`. */
  name: string;
  /** The workspace's folder. */
  workspace: string;
  /** The default program of the container. `jobs` has none, because each job names its program. */
  main?: string;
  /** Further workspaces whose programs it runs without importing them. */
  runs: readonly string[];
  /** Folders with files that its programs read. */
  reads: readonly string[];
}

/** The run configuration of an image. The Dockerfile has the same. */
export const running = {
  node: { base: "node", entrypoint: ["node"], cmd: ["main.ts"], user: "65532:65532", workdir: "/app" },
  daprd: { base: "none", entrypoint: [], cmd: ["/daprd"], user: "65532:65532", workdir: "/" },
} as const;

/** The workspaces that become images, and the prefix of the image names. */
const kinds = [
  { folders: "services/*", prefix: "" },
  { folders: "gateway", prefix: "" },
  { folders: "components/*", prefix: "component-" },
];

// Has no default program, because each job names the program that it runs.
const jobs: Image = {
  name: "jobs",
  workspace: "charts/jobs",
  runs: ["components/setup"],
  reads: ["components/resources", "services/*/migrations"],
};

/** Every image except daprd. Each service, component or gateway with a `src/main.ts` is one. */
export async function imagesOf(root: string): Promise<Image[]> {
  const images = [jobs];
  for (const { folders, prefix } of kinds) {
    for await (const workspace of glob(folders, { cwd: root })) {
      const main = `${workspace}/src/main.ts`;
      if (jobs.runs.includes(workspace) || !existsSync(join(root, main))) continue;
      images.push({ name: `${prefix}${basename(workspace)}`, workspace, main, runs: [], reads: [] });
    }
  }
  return images.sort((one, other) => one.name.localeCompare(other.name));
}

export async function imageOf(root: string, workspace: string): Promise<Image> {
  const images = await imagesOf(root);
  const found = images.find((image) => image.workspace === workspace);
  if (found) return found;
  throw new Error(
    `no image for the workspace "${workspace}": choose one of ${images.map((image) => image.workspace).join(", ")}`,
  );
}
