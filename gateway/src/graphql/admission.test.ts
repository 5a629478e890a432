import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import t from "tap";
import { capacity, capacityPerClient, createAdmission } from "./admission.ts";

/** A call from an address. */
const from = (address: string, bytes = 0, signal = new AbortController().signal) => ({
  address: () => address,
  bodyBytes: () => bytes,
  signal: () => signal,
});
const rest = capacity - capacityPerClient;

/** How many of these calls were admitted so far. */
async function admitted(calls: readonly Promise<unknown>[]): Promise<number> {
  let count = 0;
  const admit = () => {
    count += 1;
  };
  for (const one of calls) one.then(admit, () => {});
  await setImmediate();
  return count;
}

/** An admission with no capacity left for large requests, and how to release what "a" holds of it. */
async function filled() {
  const admission = createAdmission();
  const release = await admission.acquire(from("a"), capacityPerClient);
  await admission.acquire(from("b"), rest);
  return { admission, release };
}

t.test("requests of one client take turns and leave capacity for others", async (t) => {
  const admission = createAdmission();
  const mine = Array.from({ length: 50 }, () => admission.acquire(from("a"), capacityPerClient / 5));
  t.equal(await admitted(mine), 5);
  t.equal(await admitted([admission.acquire(from("b"), capacityPerClient / 5)]), 1);
  for (const release of await Promise.all(mine.slice(0, 5))) release();
  t.equal(await admitted(mine), 10, "in their order");
});

t.test("medium requests do not wait for large ones, and small ones for nobody", async (t) => {
  const { admission } = await filled();
  t.equal(await admitted([admission.acquire(from("c"), 300)]), 0);
  const medium = Array.from({ length: 200 }, () => admission.acquire(from("a"), 250));
  t.equal(await admitted(medium), 100);
  t.equal(await admitted(Array.from({ length: 1_000 }, () => admission.acquire(from("a"), 99))), 1_000);
});

t.test("a request larger than the capacity of its client is executed alone", async (t) => {
  const admission = createAdmission();
  const release = await admission.acquire(from("a"), 10 * capacityPerClient);
  const next = admission.acquire(from("a"), 300);
  t.equal(await admitted([next]), 0);
  release();
  t.equal(await admitted([next]), 1);
});

t.test("smaller requests do not pass a large one for ever", async (t) => {
  const { admission, release } = await filled();
  const large = admission.acquire(from("c"), capacityPerClient);
  const small = admission.acquire(from("d"), 300);
  t.equal(await admitted([large, small]), 0);
  release();
  t.equal(await admitted([large]), 1);
  t.equal(await admitted([small]), 0);
});

t.test("too many that wait are refused, and the code says whose they are", async (t) => {
  const { admission } = await filled();
  const large = 100 * 1_024;
  const mine = Array.from({ length: 20 }, () => admission.acquire(from("a", large), 300));
  await t.rejects(admission.acquire(from("a", large), 300), {
    code: "RATE_LIMITED",
    details: { retryAfterSeconds: 1 },
  });
  const others = Array.from({ length: 20 }, (_, place) => admission.acquire(from(`c${place}`, large), 300));
  await t.rejects(admission.acquire(from("d", large), 300), { code: "OVERLOADED" });
  t.equal(await admitted([...mine, ...others]), 0, "the others wait");
});

t.test("a request that has waited too long is refused, and those behind it go on", async (t) => {
  const admission = createAdmission();
  await admission.acquire(from("a"), capacityPerClient);
  await admission.acquire(from("b"), rest - 300);
  const late = admission.acquire(from("c"), capacityPerClient);
  const behind = admission.acquire(from("d"), 300);
  t.equal(await admitted([behind]), 0);
  await t.rejects(late, { code: "OVERLOADED" });
  (await behind)();
});

t.test("a client that leaves takes no place", async (t) => {
  const { admission, release } = await filled();
  const leaves = new AbortController();
  const gone = admission.acquire(from("c", 0, leaves.signal), capacityPerClient);
  const next = admission.acquire(from("d"), capacityPerClient);
  leaves.abort();
  await t.rejects(gone, { code: "CANCELLED" });
  release();
  t.equal(await admitted([next]), 1);
  await t.rejects(admission.acquire(from("c", 0, leaves.signal), 300), { code: "CANCELLED" }, "or has left already");
});

t.test("what is executed at once stays within both capacities, and everyone has a turn", async (t) => {
  const request = fc.record({
    address: fc.constantFrom("a", "b", "c"),
    size: fc.integer({ min: 300, max: capacityPerClient }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(request, { maxLength: 60 }), fc.scheduler(), async (requests, scheduler) => {
      const admission = createAdmission();
      const running = new Map<string, number>();
      let within = true;
      const run = (address: string, size: number) => {
        running.set(address, (running.get(address) ?? 0) + size);
        const all = [...running.values()].reduce((sum, one) => sum + one, 0);
        within &&= (running.get(address) ?? 0) <= capacityPerClient && all <= capacity;
      };
      const served = requests.map(async ({ address, size }) => {
        const release = await admission.acquire(from(address), size);
        run(address, size);
        await scheduler.schedule(Promise.resolve());
        run(address, -size);
        release();
      });
      await scheduler.waitFor(Promise.all(served));
      return within;
    }),
    { numRuns: 300 },
  );
  t.pass();
});
