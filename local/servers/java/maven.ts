import { findServer, type Listeners } from "../../src/parts/os-package.ts";
import { runCommand } from "../../src/process/run-command.ts";

const copyDependencies = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";
const advice = "install Maven (Debian: apt install maven; macOS: brew install maven)";

/** Downloads the jars of `pom` and their runtime dependencies to `folder`. */
export async function fetchJars(pom: string, folder: string, listeners: Listeners): Promise<void> {
  const { note, signal } = listeners;
  const maven = await findServer({ name: "maven", program: "mvn", advice }, listeners);
  let files = 0;
  const onLine = (line: string) => {
    if (!/Downloaded .*\.jar/.test(line)) return;
    files += 1;
    if (files % 10 === 0) note(`${files} files downloaded`);
  };
  const options = ["--batch-mode", "--strict-checksums", "--file", pom];
  const copied = ["-DincludeScope=runtime", `-DoutputDirectory=${folder}`];
  await runCommand(maven, [...options, copyDependencies, ...copied], { signal, onLine });
}
