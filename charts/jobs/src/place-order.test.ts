import t from "tap";
import { program } from "../../../tests/support/program.ts";
import { startSystem } from "../../../tests/support/system.ts";

const file = "charts/jobs/src/place-order.ts";

t.test("one order from product to cancellation, each step in a line; a wrong password ends it", async (t) => {
  const { gatewayUrl } = await startSystem(t);
  const env = { SIDECART_URL: gatewayUrl, ADMIN_EMAIL: "admin@sidecart.test", ADMIN_PASSWORD: "sidecart-local" };
  const { code, output } = await program(file, [], env);
  t.equal(code, 0, output);
  const steps = [
    "the first admin is logged in",
    "a product with 3 in stock",
    "a customer is registered and logged in",
    "an order of 2",
    "the stock fell to 1",
    "the order is cancelled, the stock is 3 again",
    "the product is deleted",
    "placing an order works",
  ];
  t.same(
    output
      .trim()
      .split("\n")
      .map((line) => line.replace(/: [0-9a-f-]{36}$/, "")),
    steps,
  );
  const wrong = await program(file, [], { ...env, ADMIN_PASSWORD: "not the password" });
  t.match(wrong, { code: 1, output: /place-order: .*login.*401 INVALID_CREDENTIALS/ });
  t.notMatch(wrong.output, "not the password");
});
