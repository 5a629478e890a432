import { eventually } from "../../support/eventually.ts";
import { Person } from "../../support/graphql.ts";
import { logIn, newProduct } from "../../support/people.ts";
import { openGateway } from "../gateway.ts";
import type { Part } from "../part.ts";

export const replaced: Part = {
  name: "replaced",
  what: "The embedded search's index is deleted with its pod: the new pod rebuilds it",
  async run({ kubectl }, { expect, note }) {
    const door = await openGateway(kubectl);
    try {
      const name = `Replacement ${Date.now().toString(36)}`;
      const shop = await logIn(door.url, door.admin.email, door.admin.password);
      const product = await newProduct(shop, { name });
      const found = async () => {
        const query = "query($query: String!) { searchProducts(query: $query, first: 20) { nodes { id } } }";
        const response = await new Person(door.url).get<Found>(query, { query: name });
        return response.searchProducts.nodes.some(({ id }) => id === product);
      };
      await eventually("the product to be found", found, 60_000);
      await kubectl.run("delete", "pod", "-l", "app.kubernetes.io/name=catalog", "--wait=true");
      const started = Date.now();
      await kubectl.run("rollout", "status", "deployment/catalog", "--timeout=300s");
      const again = await eventually("the product to be found again", found, 120_000).catch((error: Error) => error);
      expect("the new pod's index contains an existing product", again === true, String(again));
      note(`${Math.round((Date.now() - started) / 1_000)} s after the old pod was deleted`);
    } finally {
      door.close();
    }
  },
};

type Found = { searchProducts: { nodes: { id: string }[] } };
