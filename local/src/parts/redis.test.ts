import t from "tap";
import { redisFromUrl, redisUrl } from "./redis.ts";

t.test("REDIS_URL may carry a user, a password and a port", async (t) => {
  const redis = redisFromUrl("redis://app:p%40ss@cache.example.test:6380");
  t.same(redis, { host: "cache.example.test", port: 6380, username: "app", password: "p@ss" });
  t.equal(redisUrl(redis), "redis://app:p%40ss@cache.example.test:6380");
  t.same(redisFromUrl("redis://localhost"), { host: "localhost", port: 6379, username: "", password: "" });
});

t.test("another kind of URL is refused", async (t) => {
  for (const url of ["rediss://host", "http://host", "host:6379"]) {
    t.throws(() => redisFromUrl(url), { message: /REDIS_URL must be of the form redis:/ });
  }
});
