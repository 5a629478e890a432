export const help = () => `Kills processes at random while people trade, and checks the books after it.

npm run faults

  SIDECART_FAULTS_SECONDS  for how long, at most 600 (60)
  SEED                     repeats a run: it is the first line of its output
`;
