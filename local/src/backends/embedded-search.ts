import type { Backend } from "./backend.ts";
import { startComponent } from "./pluggable.ts";

/** The product index of one process, in the instance folder. */
export const embeddedSearch: Backend = {
  async start(run) {
    await startComponent(run, "embedded-search");
    return {};
  },
};
