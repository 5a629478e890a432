import type { Step } from "../step.ts";
export const kafka: Step = async () => {};
