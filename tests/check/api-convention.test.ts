import t from "tap";
import { apiConventionProblems, conventionProblems } from "./api-convention.ts";

const good = `
"A page's end." type PageInfo { "Whether." hasNextPage: Boolean! "Which." endCursor: String }
"A time." scalar DateTime
"A size." enum Size { "Small." SMALL }
"A cup." type Cup { "When." createdAt: DateTime! }
"A cup in a list." type CupEdge { "The cup." node: Cup! "Behind it." cursor: String! }
"A page of cups." type CupConnection { "E." edges: [CupEdge!]! "N." nodes: [Cup!]! "P." pageInfo: PageInfo! }
"Reads." type Query { "Cups." cups("Rows." first: Int = 20 "Cursor." after: String "Which." size: Size): CupConnection }
`;
const changed = (from: string, to: string) => conventionProblems(good.replace(from, to));

t.test("our schema follows the convention", async (t) => t.equal(await apiConventionProblems(), undefined));

t.test("what has no description is named: type, field, argument, value", async (t) => {
  t.same(conventionProblems(good), []);
  t.same(changed('"A cup." ', ""), ["Cup: no description"]);
  t.same(changed('"When." ', '" " '), ["Cup.createdAt: no description"]);
  t.same(changed('"Which." size', "size"), ["Query.cups(size): no description"]);
  t.same(changed('"Small." ', ""), ["Size.SMALL: no description"]);
  t.same(conventionProblems(`${good} input New { a: Int }`), ["New: no description", "New.a: no description"]);
});

t.test("what differs from the convention is named", async (t) => {
  t.same(changed("SMALL }", "small }"), ["Size.small: not in capitals"]);
  t.same(changed("size: Size): CupConnection", "size: Size): CupConnection!"), ["Query.cups: not nullable"]);
  t.same(changed("createdAt: DateTime!", "createdAt: String!"), ["Cup.createdAt: no DateTime"]);
  t.same(changed("createdAt: DateTime!", "accountId: ID!"), ["Cup.accountId: an account is a user in the API"]);
  t.same(changed("first: Int = 20", "first: Int = 50"), [
    "Query.cups: its arguments do not start with (first: Int = 20, after: String",
  ]);
  t.same(changed("size: Size)", "accountId: ID)"), ["Query.cups(accountId): an account is a user in the API"]);
  t.same(changed("size: Size)", "bornAt: String)"), ["Query.cups(bornAt): no DateTime"]);
  const input = (field: string) => conventionProblems(`${good} "Fills." input Fill { "What." ${field} }`);
  t.same(input("orderedAt: DateTime"), []);
  t.same(input("orderedAt: [String!]"), ["Fill.orderedAt: no DateTime"]);
  t.same(input("accountId: ID!"), ["Fill.accountId: an account is a user in the API"]);
  t.same(input("cupIds: [String!]!"), ["Fill.cupIds: no ID"]);
  t.same(input("cup_size: Size"), ["Fill.cup_size: not in camel case"]);
  t.same(changed("edges: [CupEdge!]!", "rows: [Cup!]!"), ["CupConnection.edges: not [CupEdge!]!"]);
  t.same(changed("size: Size): CupConnection", "size: Size): [Cup!]"), [
    "Query.cups: has a page's arguments, but is no connection",
  ]);
});
