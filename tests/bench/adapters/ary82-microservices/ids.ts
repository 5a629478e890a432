/** What numbers of the data set are as UUIDs, in the form and order of version 7, which is what it makes itself. */
export type Kind = "user" | "product" | "order" | "line";

const kinds: Record<Kind, string> = { user: "1", product: "2", order: "3", line: "4" };

export const uuidOf = (kind: Kind, number: number) =>
  `0000000${kinds[kind]}-0000-7000-8000-${number.toString(16).padStart(12, "0")}`;

/** Its API writes the 16 bytes of an id in base64. */
const apiId = (uuid: string) => Buffer.from(uuid.replaceAll("-", ""), "hex").toString("base64");

export const apiIdOf = (kind: Kind, number: number) => apiId(uuidOf(kind, number));
