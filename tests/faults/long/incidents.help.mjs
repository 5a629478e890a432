export const help =
  () => `Records what the metrics show during incidents: starts a system, sends about 20 requests a second,
breaks something, and reads the counters every five seconds.

npm run record-incidents

  SIDECART_INCIDENTS  names of incidents, such as overload,bad-input; default: all

The results go to tests/chart/incidents/*.json. Commit them: the tests of the alerts replay them.
`;
