import { ComponentError } from "@sidecart/pluggable/errors";
import { integerOption } from "@sidecart/pluggable/options";
import { outputBinding } from "@sidecart/pluggable/output-binding";
import { z } from "zod";

const options = z.strictObject({ url: z.url("must be a URL"), timeoutMs: integerOption(100, 60_000).default(2_000) });
const currency = z.string().regex(/^[A-Z]{3}$/, "must be an ISO 4217 code");
const request = z.object({ amountMinor: z.number().int(), from: currency, to: currency });
const rates = z.record(z.string(), z.number());

/** `bindings.currencies` converts amounts with the exchange rates of a server. */
export const currencies = outputBinding({
  name: "currencies",
  operations: ["convert"],
  options,
  open: async ({ url, timeoutMs }) => ({
    async invoke(_operation, data, signal) {
      const { amountMinor, from, to } = parse(data);
      const rate = (await fetchRates(`${url}/rates/${from}`, timeoutMs, signal))[to];
      if (rate === undefined) throw new ComponentError("NOT_FOUND", `to: no rate from ${from} to ${to}`);
      return Buffer.from(JSON.stringify({ amountMinor: Math.round(amountMinor * rate) }));
    },
    ping: async () => void (await fetchRates(`${url}/rates/EUR`, timeoutMs)),
    close: async () => {},
  }),
});

function parse(data: Uint8Array): z.infer<typeof request> {
  try {
    return request.parse(JSON.parse(Buffer.from(data).toString("utf8")));
  } catch (error) {
    const [issue] = error instanceof z.ZodError ? error.issues : [];
    const message = issue ? `${issue.path.join(".")}: ${issue.message}` : "data: must be JSON";
    throw new ComponentError("INVALID_ARGUMENT", message, { cause: error });
  }
}

async function fetchRates(url: string, timeoutMs: number, signal?: AbortSignal): Promise<z.infer<typeof rates>> {
  const signals = [AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])];
  try {
    const response = await fetch(url, { signal: AbortSignal.any(signals) });
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    return rates.parse(await response.json());
  } catch (error) {
    throw new ComponentError("UNAVAILABLE", "the exchange rates are unavailable", { cause: error });
  }
}
