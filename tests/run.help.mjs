export const help = () => `npm test [-- WORD…]: runs all tests, or the test files with one of the words in their path
`;
