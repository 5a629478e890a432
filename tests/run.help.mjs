export const help = () => `npm test [-- WORD…]: everything, or the test files whose path holds one of the words
`;
