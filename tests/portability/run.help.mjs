import { backendNames } from "../../local/src/backends/backend-names.mjs";

export const help =
  () => `Runs the same tests on every broker, store and engine, and writes what holds where into docs/portability.md.

npm run portability [-- KIND[=NAME[,NAME]]…]

  Kinds: ${Object.keys(backendNames).join(", ")}, secrets; such as broker=redis,kafka. Without a word, all of them.
  --help  this text
`;
