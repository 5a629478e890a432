/** Maps numbers of the data set to UUIDs with the format and order of version 7, like those of the implementation. */
export type Kind = "user" | "product" | "order" | "line";

const kinds: Record<Kind, string> = { user: "1", product: "2", order: "3", line: "4" };

export const uuidOf = (kind: Kind, number: number) =>
  `0000000${kinds[kind]}-0000-7000-8000-${number.toString(16).padStart(12, "0")}`;

/** Its API represents the 16 bytes of an id in base64. */
const apiId = (uuid: string) => Buffer.from(uuid.replaceAll("-", ""), "hex").toString("base64");

export const apiIdOf = (kind: Kind, number: number) => apiId(uuidOf(kind, number));
