export const help = () => `Dumps the databases of all services as they were at one moment, while the services run.

npm run dump-databases -- FOLDER

  DATABASE_URL_ACCOUNTS, DATABASE_URL_CATALOG and so on: the connections of the databases' owners
  SIDECART_POSTGRES_BIN  the folder of pg_dump and pg_restore; default: PATH. They must be as new as the server.
`;
