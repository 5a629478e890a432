import { caseNames, coldStart } from "./case-names.mjs";

export const help =
  () => `Benchmarks Sidecart, and for comparison the same queries in one process without Dapr. Checks every response.
All cases take about 40 minutes.

npm run bench -- [options]

  --only CASE[,CASE]     ${caseNames.slice(0, 6).join(", ")},
                         ${caseNames.slice(6).join(", ")}, ${coldStart}; default: all
  --connections N[,N]    concurrent callers, each with one request at a time; default: 16,64,256,
                         for some cases also 1 (an idle machine) and 768 (overload)
  --rounds N             how often each case is run; default: 3
  --seconds N            duration of a case, after a warm-up of the same duration, later of a fifth; default: 10
  --products N           products in the data set; default: 1000
  --orders N             orders in the data set; default: 50000
  --alone                only Sidecart, nothing for comparison
  --vs URL --adapter FILE   compares with another implementation at this URL (tests/bench/README.md)
  --profile              only Sidecart, and samples the stacks of its Node processes
  --evidence             writes docs/evidence/bench-DATE.{json,md,svg}
`;
