import { existsSync } from "node:fs";
import { glob } from "node:fs/promises";
import { basename, join } from "node:path";

/** An image that runs one of our workspaces with Node. */
export interface Image {
  /** Behind `sidecart/`: `orders`, `component-elasticsearch`. */
  name: string;
  /** The workspace's folder. */
  workspace: string;
  /** What runs when the container names no program; `jobs` is always told one. */
  main?: string;
  /** Workspaces of which it runs programs too, without importing them. */
  runs: readonly string[];
  /** Folders that its programs read. */
  reads: readonly string[];
}

/** How an image is run, as the Dockerfile says it too. */
export const running = {
  node: { base: "node", entrypoint: ["node"], cmd: ["main.ts"], user: "65532:65532", workdir: "/app" },
  daprd: { base: "none", entrypoint: [], cmd: ["/daprd"], user: "65532:65532", workdir: "/" },
} as const;

/** Where the workspaces are that become images, and how the names of these begin. */
const kinds = [
  { folders: "services/*", prefix: "" },
  { folders: "gateway", prefix: "" },
  { folders: "components/*", prefix: "component-" },
];

// Its programs are named when they are run, so that it has no main one.
const jobs: Image = {
  name: "jobs",
  workspace: "charts/jobs",
  runs: ["components/setup"],
  reads: ["components/resources", "services/*/migrations"],
};

/** Every image but daprd's. A new service or component with a `src/main.ts` becomes one. */
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
    `there is no image of "${workspace}": choose of ${images.map((image) => image.workspace).join(", ")}`,
  );
}
