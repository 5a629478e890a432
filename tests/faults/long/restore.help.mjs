export const help =
  () => `Restores the databases while people buy: dumps, lets them buy more, wipes, restores, ends sessions, reindexes, and
compares the result with what each of them was answered.

npm run restore-drill

  SIDECART_DRILL_SECONDS  how long people buy before the dump, and again after it; default: 20
  SIDECART_POSTGRES_BIN   the folder of a whole PostgreSQL (initdb, postgres, pg_dump, pg_restore); default: PATH and
                          /usr/lib/postgresql

The results go to docs/evidence/restore-DATE.md.
`;
