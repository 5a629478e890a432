import { caseNames, coldStart } from "./case-names.mjs";

export const help =
  () => `Measures Sidecart, with every reply checked, beside the same queries in one process without Dapr. About 40 minutes for all of it.

npm run bench -- [options]

  --only CASE[,CASE]     ${caseNames.slice(0, 6).join(", ")},
                         ${caseNames.slice(6).join(", ")}, ${coldStart}; all
  --connections N[,N]    callers at once, each of whom asks again when it is answered; 16,64,256,
                         for some also 1 (an idle machine) and 768 (overload)
  --rounds N             each asks everything once; 3
  --seconds N            of one case, after as much to warm up, then a fifth; 10
  --products N           in the data set; 1000
  --orders N             in the data set; 50000
  --alone                Sidecart and nothing beside it
  --vs URL --adapter FILE   beside it another implementation, which runs there (tests/bench/README.md)
  --profile              Sidecart alone, with the stacks of its Node processes sampled
  --evidence             writes docs/evidence/bench-DATE.{json,md,svg}
`;
