export const help = () => `Accepts the current contracts as the baseline: npm run check compares later changes with it.

npm run baseline
`;
