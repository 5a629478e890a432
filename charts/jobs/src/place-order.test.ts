import t from "tap";
import { program } from "../../../tests/support/program.ts";
import { startSystem } from "../../../tests/support/system.ts";

const file = "charts/jobs/src/place-order.ts";

t.test("the program logs each step of one order, and fails on a wrong password", async (t) => {
  const { gatewayUrl } = await startSystem(t);
  const env = { SIDECART_URL: gatewayUrl, ADMIN_EMAIL: "admin@sidecart.test", ADMIN_PASSWORD: "sidecart-local" };
  const { code, output } = await program(file, [], env);
  t.equal(code, 0, output);
  const steps = [
    "logged in as the first admin",
    "created a product with 3 in stock",
    "registered a customer and logged in",
    "placed an order of 2",
    "the stock fell to 1",
    "cancelled the order, the stock is 3 again",
    "deleted the product",
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
