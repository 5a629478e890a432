import t from "tap";
import { subscriber } from "./rate-limits.ts";

t.test("an address counts as one subscriber, however it is written", async (t) => {
  for (const [one, other] of [
    ["192.0.2.1", "::ffff:192.0.2.1"],
    ["192.0.2.1", "::ffff:c000:201"],
    ["2001:db8::1", "2001:0DB8:0:0:0:0:0:1"],
    ["2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"],
    ["fe80::1", "fe80::1%eth0"],
  ] as const) {
    t.equal(subscriber(one), subscriber(other), `${one} and ${other}`);
  }
});

t.test("other networks are other subscribers", async (t) => {
  const addresses = ["192.0.2.1", "192.0.2.2", "2001:db8:1:2::1", "2001:db8:1:3::1", "::1", "somewhere"];
  t.equal(new Set(addresses.map(subscriber)).size, addresses.length);
});
