export const help = () => `Checks format, lint, boundaries, types and contracts: all checks that do not run the system.

npm run check
`;
