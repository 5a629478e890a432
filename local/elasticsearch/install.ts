import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cached } from "./cache.ts";
import { isMissing, run } from "./command.ts";

const pom = fileURLToPath(new URL("pom.xml", import.meta.url));
const launcher = fileURLToPath(new URL("ElasticsearchNode.java", import.meta.url));
const transport = "transport-netty4";
const copyDependencies = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";

/** Elasticsearch's home with its jars and our compiled launcher; downloaded and compiled the first time. */
export async function installElasticsearch(java: string, log: (line: string) => void): Promise<string> {
  const hash = createHash("sha256");
  for (const file of [pom, launcher, fileURLToPath(import.meta.url)]) hash.update(await readFile(file));
  return cached(`elasticsearch-${hash.digest("hex").slice(0, 16)}`, async (home) => {
    await download(home, log);
    await moveTransport(home);
    log("compiling the launcher");
    await compile(java, home);
  });
}

async function download(home: string, log: (line: string) => void): Promise<void> {
  log("downloading Elasticsearch from Maven (45 MB, once)");
  let files = 0;
  const count = (line: string) => {
    if (!/Downloaded .*\.jar/.test(line)) return;
    files += 1;
    if (files % 10 === 0) log(`${files} files downloaded`);
  };
  const maven = (...settings: string[]) =>
    run("mvn", ["--batch-mode", "--file", pom, copyDependencies, ...settings], count);
  try {
    await maven("-DincludeScope=runtime", `-DoutputDirectory=${join(home, "lib")}`);
    await maven("-DincludeArtifactIds=ecj", `-DoutputDirectory=${join(home, "compiler")}`);
  } catch (error) {
    const reason = isMissing(error) ? "mvn is not installed" : (error as Error).message;
    throw new Error(`Elasticsearch needs Maven to be downloaded: ${reason}`);
  }
}

/** Elasticsearch loads its HTTP layer as a module: a folder with a descriptor, apart from the class path. */
async function moveTransport(home: string): Promise<void> {
  const module = join(home, "modules", transport);
  await mkdir(module, { recursive: true });
  const jars = await readdir(join(home, "lib"));
  for (const jar of jars.filter((name) => name.startsWith("netty-") || name.startsWith(transport))) {
    await rename(join(home, "lib", jar), join(module, jar));
  }
  // No module name: on a class path there is no server module for it to read.
  const descriptor = [
    `name=${transport}`,
    "description=Netty 4 transport",
    `version=${version(jars)}`,
    `elasticsearch.version=${version(jars)}`,
    "java.version=21",
    "classname=org.elasticsearch.transport.netty4.Netty4Plugin",
  ];
  await writeFile(join(module, "plugin-descriptor.properties"), `${descriptor.join("\n")}\n`);
}

function version(jars: string[]): string {
  const found = jars.map((jar) => /^elasticsearch-(\d+\.\d+\.\d+)\.jar$/.exec(jar)?.[1]).find(Boolean);
  if (!found) throw new Error("Maven brought no Elasticsearch jar");
  return found;
}

async function compile(java: string, home: string): Promise<void> {
  const [compiler] = await readdir(join(home, "compiler"));
  const jars = (await readdir(join(home, "lib"))).map((jar) => join(home, "lib", jar));
  const target = ["-d", join(home, "classes"), launcher];
  await run(java, [
    "-jar",
    join(home, "compiler", compiler ?? ""),
    "-21",
    "-nowarn",
    "-cp",
    jars.join(delimiter),
    ...target,
  ]);
}
