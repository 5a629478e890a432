const text = `npm run end-sessions

Ends all sessions of all accounts, for use after a restore of the database of accounts. Everybody must log in again.
Access tokens stay valid until they expire, at most 15 minutes later.

  DATABASE_URL            the URL of the database of accounts, with a role that may write its tables
  SIDECART_WAIT_SECONDS   how long to wait for a server that is starting; default: 120
`;

export const help = () => text;
