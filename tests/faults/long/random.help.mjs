export const help = () => `Kills random processes while customers order, then checks that stock and orders agree.

npm run faults

  SIDECART_FAULTS_SECONDS  duration, at most 600; default: 60
  SEED                     repeats a run: its seed is the first line of its output
`;
