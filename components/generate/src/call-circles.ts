import type { Project } from "./project.ts";

/**
 * Services that call each other in a circle. While a release replaces the pods, a new pod reaches only ready pods of its
 * callees, and it gets ready only when they grant its calls (ADR 23). So when both ends of a circle are new, each waits
 * for the other.
 */
export function callCircleProblems({ services }: Project): string[] {
  const calleesOf = (name: string) => Object.keys(services.find((one) => one.name === name)?.calls ?? {});
  const before = new Set<string>();
  return services.flatMap(({ name, folder }) => {
    const circle = shortestPath(name, name, calleesOf, before);
    before.add(name);
    if (!circle) return [];
    return [`${folder}/service.ts: calls: ${circle.join(" → ")} is a circle: replace one of these calls by an event`];
  });
}

/** From one service to another by calls, without the services in `avoided`; undefined when there is no path. */
function shortestPath(
  from: string,
  to: string,
  calleesOf: (name: string) => string[],
  avoided: ReadonlySet<string>,
): string[] | undefined {
  const seen = new Set(avoided);
  let paths = [[from]];
  while (paths.length > 0) {
    const longer = paths.flatMap((path) => calleesOf(path.at(-1) ?? "").map((callee) => [...path, callee]));
    const found = longer.find((path) => path.at(-1) === to);
    if (found) return found;
    paths = longer.filter((path) => !seen.has(path.at(-1) ?? ""));
    for (const path of paths) seen.add(path.at(-1) ?? "");
  }
  return undefined;
}
