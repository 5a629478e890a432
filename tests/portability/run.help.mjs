import { backendNames } from "../../local/src/backends/backend-names.mjs";

export const help =
  () => `Runs the same tests on every broker, store and engine, and writes the results to docs/portability.md.

npm run portability [-- KIND[=NAME[,NAME]]…]

  Kinds: ${Object.keys(backendNames).join(", ")}, secrets; for example broker=redis,kafka. Default: all of them.
  --help  prints this text
`;
