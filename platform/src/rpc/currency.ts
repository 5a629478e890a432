import cldr from "cldr-core/supplemental/currencyData.json" with { type: "json" };
import { z } from "zod";

type Use = { _from?: string; _to?: string; _tender?: string };

/** Forever, for a currency without an end. */
const never = "9999-12-31";

/** Legal tender somewhere, with its last day. Source: Unicode CLDR, whose codes are those of ISO 4217. */
function lastDays(): Map<string, string> {
  const days = new Map<string, string>();
  const regions = Object.values<Record<string, Use | undefined>[]>(cldr.supplemental.currencyData.region);
  for (const [code, use] of regions.flat().flatMap((one) => Object.entries(one))) {
    const { _to = never, _tender } = use ?? {};
    if (use && _tender !== "false" && _to > (days.get(code) ?? "")) days.set(code, _to);
  }
  return days;
}

const lastDayOf = lastDays();

/** True for an ISO 4217 code that is legal tender today. Codes of funds, metals and tests are not. */
const isCurrent = (code: string) => (lastDayOf.get(code) ?? "") >= new Date().toISOString().slice(0, 10);

export const currency = z.string().refine(isCurrent, "is not the ISO 4217 code of a currency in use");
