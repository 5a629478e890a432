export const help = () => `Restores a dump in place. Stop the services first. Events of the hour before the dump are
published again, and all sessions end.

npm run restore-databases -- FOLDER

  DATABASE_URL_ACCOUNTS, DATABASE_URL_CATALOG and so on: the connections of the databases' owners
  SIDECART_POSTGRES_BIN  the folder of pg_dump and pg_restore; default: PATH. They must be as new as the server.
`;
