export const help =
  () => `Format, lint, boundaries, types, contracts: everything that can be checked without running the system.

npm run check
`;
