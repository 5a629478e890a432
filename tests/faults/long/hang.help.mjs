export const help =
  () => `Measures what a catalog that hangs (SIGSTOP) costs log-ins, reads of orders and its own callers.

npm run hang

  SIDECART_HANG_SECONDS  duration of each phase; default: 20

The results go to docs/evidence/hang-DATE.md.
`;
