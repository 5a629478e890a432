import type { BindingClient } from "@sidecart/pluggable/client";
import type { Test } from "tap";
import type { SearchDocument } from "../document.ts";
import type { SearchPage, StoredDocument, WriteOutcome } from "../engine.ts";

/** The engine under test, called through its socket as daprd does. */
export type Context = { client: BindingClient; newIndex(): Promise<string>; newName(): string };

export function createContext(client: BindingClient): Context {
  let lastNumber = 0;
  const newName = () => {
    lastNumber += 1;
    return `conformance-${lastNumber}`;
  };
  const newIndex = async () => {
    const index = newName();
    await client.invoke("create-index", { index });
    return index;
  };
  return { client, newIndex, newName };
}

export function product(fields: Partial<SearchDocument> & { id: string }): SearchDocument {
  return {
    name: `Product ${fields.id}`,
    description: "",
    category: "other",
    attributes: {},
    partnerId: "partner-1",
    price: 1_000,
    currency: "EUR",
    stock: 1,
    createdAt: "2026-01-01T00:00:00Z",
    imageUrl: "",
    ...fields,
  };
}

export const upsert = (document: SearchDocument, version = 1) => ({
  op: "index" as const,
  id: document.id,
  version,
  document,
});

export async function fill({ client }: Context, index: string, documents: SearchDocument[]): Promise<void> {
  await bulk(
    client,
    index,
    documents.map((document) => upsert(document)),
  );
}

export async function bulk(client: BindingClient, index: string, operations: object[]): Promise<WriteOutcome[]> {
  const response = await client.invoke<{ items: WriteOutcome[] }>("bulk", { index, operations, refresh: true });
  return response.items;
}

export function search(client: BindingClient, index: string, fields: object = {}): Promise<SearchPage> {
  return client.invoke<SearchPage>("search", { index, query: "", sort: "relevance", first: 100, ...fields });
}

export function get(client: BindingClient, index: string, id: string): Promise<StoredDocument | null> {
  return client.invoke<StoredDocument | null>("get", { index, id });
}

export async function count(client: BindingClient, index: string): Promise<number> {
  return (await client.invoke<{ count: number }>("count", { index })).count;
}

/** Expects the gRPC status, and a message that starts with the field. */
export async function assertRejected(t: Test, call: Promise<unknown>, code: number, field: string, label = field) {
  await t.rejects(call, { code, details: new RegExp(`^${field.replace(/[.[\]]/g, "\\$&")}: `) }, label);
}
