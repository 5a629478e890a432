/** Measures the duration of calls: `times` calls, `atOnce` at a time. */
export type Speed = { perSecond: number; p50Ms: number; p99Ms: number };

export async function speedOf(times: number, atOnce: number, work: (at: number) => Promise<unknown>): Promise<Speed> {
  const took: number[] = [];
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < times; at = next++) {
      const began = performance.now();
      await work(at);
      took.push(performance.now() - began);
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: atOnce }, worker));
  const seconds = (performance.now() - began) / 1000;
  took.sort((a, b) => a - b);
  const share = (part: number) => took[Math.min(took.length - 1, Math.floor(took.length * part))] ?? Number.NaN;
  return { perSecond: times / seconds, p50Ms: share(0.5), p99Ms: share(0.99) };
}
