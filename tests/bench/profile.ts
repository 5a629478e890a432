import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The result of V8's profiler, in the format of `.cpuprofile` files. */
type Profile = { nodes: { id: number; callFrame: Frame }[]; samples: number[] };
type Frame = { functionName: string; url: string; lineNumber: number };
type Answer = { id: number; result: { profile: Profile } };

/** Makes Node open the inspector on a free port, which it writes to the log. */
export const inspectable = { NODE_OPTIONS: "--inspect=127.0.0.1:0" };

/** Samples the stacks of a Node process with an open inspector, until `stop`. */
export async function profile(log: string): Promise<{ stop(): Promise<Profile> }> {
  const urls = [...(await readFile(log, "utf8")).matchAll(/ws:\/\/127\.0\.0\.1:\S+/g)];
  const url = urls.at(-1)?.[0];
  if (!url) throw new Error(`${log} contains no inspector address`);
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve, { once: true });
    socket.addEventListener("error", () => reject(new Error(`no inspector at ${url}`)), { once: true });
  });
  let asked = 0;
  const call = (method: string, params: object = {}) => {
    asked += 1;
    const id = asked;
    socket.send(JSON.stringify({ id, method, params }));
    return new Promise<Answer>((resolve) => {
      socket.addEventListener("message", function hear({ data }) {
        const answer = JSON.parse(String(data)) as Answer;
        if (answer.id !== id) return;
        socket.removeEventListener("message", hear);
        resolve(answer);
      });
    });
  };
  await call("Profiler.enable");
  await call("Profiler.setSamplingInterval", { interval: 500 });
  await call("Profiler.start");
  return {
    async stop() {
      const { result } = await call("Profiler.stop");
      socket.close();
      return result.profile;
    },
  };
}

/** Writes a profile as a file for developer tools, and returns its name. */
export async function writeProfile(folder: string, name: string, taken: Profile): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${name}.cpuprofile`);
  await writeFile(file, JSON.stringify(taken));
  return file;
}

export type Shares = { busy: number; packages: [string, number][]; functions: [string, number][] };

/** The shares of the busy time by package and by function, largest first. */
export function sharesOf({ nodes, samples }: Profile): Shares {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const ran = samples.flatMap((id) => frames.get(id) ?? []).filter(({ functionName }) => functionName !== "(idle)");
  const counted = (nameOf: (frame: Frame) => string) =>
    [...Map.groupBy(ran, nameOf)]
      .map(([name, all]): [string, number] => [name, all.length / ran.length])
      .sort(([, one], [, other]) => other - one);
  return { busy: ran.length / samples.length, packages: counted(packageOf), functions: counted(placeOf) };
}

const relative = (url: string) =>
  url.replace(/^.*\/(?=(?:node_modules|services|gateway|platform|proto|components)\/)/, "");

const placeOf = ({ functionName, url, lineNumber }: Frame) =>
  url ? `${functionName || "(anonymous)"} ${relative(url)}:${lineNumber + 1}` : functionName;

/** Frames without a file belong to the engine: garbage collection and built-in functions. */
const packageOf = ({ functionName, url }: Frame): string =>
  /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? (relative(url).split("/")[0] || functionName);
