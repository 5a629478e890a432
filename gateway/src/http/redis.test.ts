import t from "tap";
import { redisUrl } from "./redis.ts";

t.test("a secret without the needed key fails with an error that names both", async (t) => {
  await t.rejects(redisUrl({ secret: async () => ({ uri: "redis://there:6379" }) }), {
    message: /`rate-limits`.*`url`/,
  });
  await t.rejects(redisUrl({ secret: async () => ({ url: "" }) }), { message: /`rate-limits`.*`url`/ });
  t.equal(await redisUrl({ secret: async () => ({ url: "redis://there:6379" }) }), "redis://there:6379");
});
