import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { StoredDocument } from "@sidecart/search/engine";
import type { BulkOperation } from "@sidecart/search/requests";

const schema = `
  create table if not exists indexes (number integer primary key, name text not null unique);
  create table if not exists aliases (
    name text primary key,
    index_number integer not null references indexes (number) on delete cascade
  ) without rowid;
  -- A row with no document is a tombstone: a deleted id and the version that deleted it.
  create table if not exists documents (
    index_number integer not null references indexes (number) on delete cascade,
    id text not null,
    version integer not null,
    document text,
    primary key (index_number, id)
  ) without rowid;
`;

// Only one process may open the file, because its text index is in memory. WAL with NORMAL loses nothing when the process
// is killed. A power cut may lose the last commits; the owner of the documents can send these again.
const settings = `
  pragma locking_mode = exclusive;
  pragma journal_mode = wal;
  pragma synchronous = normal;
  pragma foreign_keys = on;
`;

const queries = {
  indexes: "select number, name from indexes order by number",
  createIndex: "insert into indexes (name) values (?) on conflict do nothing",
  deleteIndex: "delete from indexes where name = ?",
  aliasTarget: "select i.name from aliases a join indexes i on i.number = a.index_number where a.name = ?",
  pointAlias: `insert into aliases (name, index_number) select ?, number from indexes where name = ?
    on conflict (name) do update set index_number = excluded.index_number`,
  numberOf: "select number from indexes where name = ?",
  write: `insert into documents (index_number, id, version, document) values (?, ?, ?, ?)
    on conflict (index_number, id) do update set version = excluded.version, document = excluded.document
    where excluded.version > documents.version`,
  get: "select version, document from documents where index_number = ? and id = ? and document is not null",
  page: `select id, document from documents
    where index_number = ? and id > ? and document is not null order by id limit ?`,
} as const;

/** Documents, versions, tombstones and aliases in one SQLite file. */
export class DocumentStore {
  readonly #database: DatabaseSync;
  readonly #statements: Record<keyof typeof queries, StatementSync>;

  constructor(path: string) {
    this.#database = new DatabaseSync(path);
    try {
      this.#database.exec(settings);
      this.#database.exec(`begin immediate; ${schema} commit;`);
      const prepared = Object.entries(queries).map(([name, sql]) => [name, this.#database.prepare(sql)]);
      this.#statements = Object.fromEntries(prepared);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  indexNames(): string[] {
    return this.#statements.indexes.all().map((row) => String(row.name));
  }

  createIndex(index: string): boolean {
    return this.#statements.createIndex.run(index).changes === 1;
  }

  deleteIndex(index: string): boolean {
    return this.#statements.deleteIndex.run(index).changes === 1;
  }

  aliasTarget(alias: string): string | null {
    const row = this.#statements.aliasTarget.get(alias);
    return row ? String(row.name) : null;
  }

  pointAlias(alias: string, index: string): void {
    this.#statements.pointAlias.run(alias, index);
  }

  /** Applies the operations in one transaction. Returns, for each, whether its version was newer than the stored one. */
  write(index: string, operations: readonly BulkOperation[]): boolean[] {
    const number = this.#numberOf(index);
    this.#database.exec("begin immediate");
    try {
      const applied = operations.map((operation) => {
        const document = operation.op === "index" ? JSON.stringify(operation.document) : null;
        return this.#statements.write.run(number, operation.id, operation.version, document).changes === 1;
      });
      this.#database.exec("commit");
      return applied;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("rollback");
      throw error;
    }
  }

  get(index: string, id: string): StoredDocument | null {
    const row = this.#statements.get.get(this.#numberOf(index), id);
    return row ? { document: JSON.parse(String(row.document)), version: Number(row.version) } : null;
  }

  /** Live documents in pages, ordered by id. Each page is read on demand. */
  *pages(index: string, size: number): Generator<StoredDocument["document"][]> {
    const number = this.#numberOf(index);
    for (let after = ""; ; ) {
      const rows = this.#statements.page.all(number, after, size);
      const last = rows.at(-1);
      if (!last) return;
      yield rows.map((row) => JSON.parse(String(row.document)));
      after = String(last.id);
    }
  }

  close(): void {
    this.#database.close();
  }

  #numberOf(index: string): number {
    return Number(this.#statements.numberOf.get(index)?.number);
  }
}
