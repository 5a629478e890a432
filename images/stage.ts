import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { assemble } from "./assemble.ts";
import { imageOf } from "./image.ts";

// The Dockerfile's stages run: node images/stage.ts (--service FOLDER | --daprd) --architecture amd64 --out FOLDER

const cpus: Record<string, string> = { amd64: "x64", arm64: "arm64" };

const { values } = parseArgs({
  options: {
    service: { type: "string" },
    daprd: { type: "boolean", default: false },
    architecture: { type: "string", default: "" },
    out: { type: "string", default: "/out" },
  },
});
const cpu = cpus[values.architecture];
if (!cpu) throw new Error(`--architecture ${values.architecture}: must be ${Object.keys(cpus).join(" or ")}`);
const target = { cpu, epoch: Number(process.env.SOURCE_DATE_EPOCH ?? 0) };
const root = resolve(import.meta.dirname, "..");
if (values.daprd) {
  // Imported here only, because it needs packages of local/ that the stage of services does not install.
  const { assembleDaprd } = await import("./daprd.ts");
  await assembleDaprd(values.out, target, (line) => process.stdout.write(`${line}\n`));
} else {
  await assemble(root, await imageOf(root, values.service ?? ""), values.out, target);
}
