export const help =
  () => `Measures what hostile requests cost: the latency of a shopper's reads, and the gateway's CPU time of a refusal.

npm run attack-figures

The results go to docs/evidence/attacks-DATE.md.
`;
