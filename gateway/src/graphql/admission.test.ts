import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import t from "tap";
import { createAdmission } from "./admission.ts";

const at = (address: string) => ({ address: () => address });
/** All that one address may hold, and all together. */
const ofOne = 25_000;
const ofAll = 40_000;

/** How many were admitted so far. */
async function admitted(entering: readonly Promise<unknown>[]): Promise<number> {
  let count = 0;
  const admit = () => {
    count += 1;
  };
  for (const one of entering) one.then(admit, () => {});
  await setImmediate();
  return count;
}

t.test("requests of one address take turns and leave room for others", async (t) => {
  const admission = createAdmission();
  const mine = Array.from({ length: 50 }, () => admission.enter(at("a"), ofOne / 5));
  t.equal(await admitted(mine), 5);
  t.equal(await admitted([admission.enter(at("b"), ofOne / 5)]), 1);
  for (const leave of await Promise.all(mine.slice(0, 5))) leave();
  t.equal(await admitted(mine), 10, "in their order");
});

t.test("small requests do not wait for large ones, and the smallest for nobody", async (t) => {
  const admission = createAdmission();
  await admission.enter(at("a"), ofOne);
  await admission.enter(at("b"), ofAll - ofOne);
  t.equal(await admitted([admission.enter(at("c"), 250)]), 0);
  const small = Array.from({ length: 99 }, () => admission.enter(at("a"), 249));
  t.equal(await admitted(small), 80);
  const smallest = Array.from({ length: 1_000 }, () => admission.enter(at("a"), 49));
  t.equal(await admitted(smallest), 1_000);
});

t.test("a request larger than an address may hold is executed alone", async (t) => {
  const admission = createAdmission();
  const leave = await admission.enter(at("a"), 10 * ofOne);
  const next = admission.enter(at("a"), 250);
  t.equal(await admitted([next]), 0);
  leave();
  t.equal(await admitted([next]), 1);
});

t.test("too many that wait are refused, and the code says whose they are", async (t) => {
  const admission = createAdmission();
  await admission.enter(at("a"), ofOne);
  const mine = Array.from({ length: 100 }, () => admission.enter(at("a"), 250));
  await t.rejects(admission.enter(at("a"), 250), { code: "RATE_LIMITED", details: { retryAfterSeconds: 1 } });
  t.equal(await admitted(mine), 0, "the others wait");
  await admission.enter(at("b"), ofAll - ofOne);
  const others = Array.from({ length: 300 }, (_, place) => admission.enter(at(`c${place}`), 250));
  await t.rejects(admission.enter(at("d"), 250), { code: "OVERLOADED" });
  t.equal(await admitted(others), 0);
});

t.test("a request that has waited too long is refused, and takes no room", async (t) => {
  const admission = createAdmission();
  const leave = await admission.enter(at("a"), ofOne);
  await t.rejects(admission.enter(at("a"), ofOne), { code: "RATE_LIMITED" });
  leave();
  (await admission.enter(at("a"), ofOne))();
});

t.test("what is executed at once stays within the limit, and everyone has a turn", async (t) => {
  const size = fc.integer({ min: 250, max: ofOne });
  const request = fc.record({ address: fc.constantFrom("a", "b", "c"), size });
  await fc.assert(
    fc.asyncProperty(fc.array(request, { maxLength: 60 }), fc.scheduler(), async (requests, scheduler) => {
      const admission = createAdmission();
      let running = 0;
      let most = 0;
      const served = requests.map(async ({ address, size }) => {
        const leave = await admission.enter(at(address), size);
        running += size;
        most = Math.max(most, running);
        await scheduler.schedule(Promise.resolve());
        running -= size;
        leave();
      });
      await scheduler.waitFor(Promise.all(served));
      return most <= ofAll;
    }),
    { numRuns: 300 },
  );
  t.pass();
});
