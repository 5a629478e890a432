import { badFields } from "@sidecart/platform/rpc";

/** The cursor of a position in a list, as a service names it. To clients it is an opaque text. */
export const cursorOf = (position: string): string => Buffer.from(position).toString("base64url");

/** The position in a cursor. Refuses what is no cursor; the service checks whether the position is one of its list. */
export function positionIn(cursor: string): string {
  const position = Buffer.from(cursor, "base64url").toString();
  if (position !== "" && cursorOf(position) === cursor) return position;
  throw badFields([{ field: "after", problem: "is not a cursor of this list" }]);
}
