import t from "tap";
import { lockfileProblems, staleIn } from "./lockfile.ts";

const root = { name: "shop", workspaces: ["services/*"], devDependencies: { tap: "^21.0.0" } };
const orders = { name: "orders", version: "1.0.0", dependencies: { zod: "^4.0.0", platform: "1.0.0" } };
const locked = () => ({
  "": structuredClone(root),
  "services/orders": structuredClone(orders),
  "node_modules/tap": {},
  "node_modules/zod": {},
  "services/orders/node_modules/platform": {},
});
const wanted = { "": root, "services/orders": orders };

t.test("the lockfile of this checkout is current", async (t) => t.equal(await lockfileProblems(), undefined));

t.test("a current lockfile has no problems", async (t) => t.same(staleIn(locked(), wanted), []));

t.test("missing and surplus packages are reported", async (t) => {
  const { "node_modules/zod": _, ...without } = locked();
  t.same(staleIn(without, wanted), ["package-lock.json: zod of services/orders/package.json is missing"]);
  t.same(staleIn(locked(), { ...wanted, "services/reviews": {} }), ["package-lock.json: services/reviews is missing"]);
  t.same(staleIn(locked(), { "": root }), ["package-lock.json: services/orders is gone"]);
});

t.test("changed, new and removed dependencies are reported", async (t) => {
  const changed = { ...orders, version: "1.1.0", dependencies: { zod: "^4.1.0", pino: "^10.0.0" } };
  t.same(staleIn({ ...locked(), "node_modules/pino": {} }, { "": root, "services/orders": changed }), [
    "services/orders/package.json: version is another in package-lock.json",
    "services/orders/package.json: dependencies.zod is another in package-lock.json",
    "services/orders/package.json: dependencies.pino is another in package-lock.json",
    "services/orders/package.json: dependencies.platform is another in package-lock.json",
  ]);
});
