import { styleText } from "node:util";
import type { Step } from "../launch-options.ts";
import type { StartError } from "../start-error.ts";

const nameWidth = 22;

/** Prints one line for each finished step and for each note while a step takes long. */
export interface Progress {
  step(step: Step): void;
  note(text: string): void;
  failed(error: StartError): void;
}

export function progressOn(out: NodeJS.WritableStream): Progress {
  const line = (text: string) => out.write(`${text}\n`);
  return {
    step: ({ name, ms }) => line(`${styleText("green", "✓")} ${name.padEnd(nameWidth)} ${seconds(ms)}`),
    note: (text) => line(`${styleText("dim", "·")} ${text}`),
    failed: (error) => {
      line(`${styleText("red", "✗")} ${error.message}`);
      for (const detail of error.details) line(styleText("dim", `    ${detail}`));
    },
  };
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
