import { delimiter } from "node:path";
import type { JavaTools } from "./compile.ts";

export interface JavaProgram {
  java: string;
  /** Initial and maximum size of the heap. */
  heapMb: readonly [least: number, most: number];
  /** Further options of the virtual machine. */
  options: readonly string[];
  classPath: readonly string[];
  main: string;
  args: readonly string[];
}

/** The same program, which exits when its stdin closes. */
export function endingWithStdin(program: JavaProgram, tools: JavaTools): JavaProgram {
  return {
    ...program,
    classPath: [tools.classes, ...program.classPath],
    main: "EndsWithStdin",
    args: [program.main, ...program.args],
  };
}

/** Options for servers that start often and run for a short time. They halve the CPU time of the start. */
const quickStart = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"];

export function javaCommand({ java, heapMb, options, classPath, main, args }: JavaProgram): {
  command: string;
  args: string[];
} {
  const [least, most] = heapMb;
  const heap = [`-Xms${least}m`, `-Xmx${most}m`];
  return { command: java, args: [...heap, ...quickStart, ...options, "-cp", classPath.join(delimiter), main, ...args] };
}
