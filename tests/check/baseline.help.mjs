export const help = () => `Accepts the contracts as they are now: npm run check compares later changes with them.

npm run baseline
`;
