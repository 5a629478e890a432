import { createHash } from "node:crypto";

// One simple drawing for each category, on a field of 100 × 100.
const drawings: Record<string, string> = {
  Coffee:
    "M30 40h34v22a14 14 0 0 1-14 14h-6a14 14 0 0 1-14-14zM64 46h6a8 8 0 0 1 0 16h-6M40 32c-4-6 4-8 0-14M52 32c-4-6 4-8 0-14",
  Tea: "M28 44h40v16a16 16 0 0 1-16 16h-8a16 16 0 0 1-16-16zM68 50l12-8M40 44c0-14 16-14 16 0M48 34v-6",
  "Brewing gear": "M28 28h44L56 56H44zM44 56v8h12v-8M34 74h32M72 32h8v12l-12 4",
  Bakery: "M22 58c0-18 14-28 28-28s28 10 28 28c0 8-6 12-12 12H34c-6 0-12-4-12-12zM38 40l6 14M50 36l6 14M62 40l4 10",
  "Fruit and vegetables":
    "M50 38c-14-12-30 0-26 18 4 16 16 22 26 16 10 6 22 0 26-16 4-18-12-30-26-18zM50 38c0-10 4-16 12-18",
  Pantry: "M38 22h24v8l6 8v38H32V38l6-8zM32 50h36M32 64h36",
  "Chocolate and sweets": "M26 30h48v42H26zM42 30v42M58 30v42M26 51h48",
  Tableware: "M50 28a24 24 0 1 0 .1 0zM50 40a12 12 0 1 0 .1 0zM20 28v48M80 28v48",
  Household: "M30 46h40l-4 30H34zM36 46c0-24 28-24 28 0M42 56v12M50 56v12M58 56v12",
};

/** A product's picture as a data URL of about 1 kB: the drawing of its category, in the product's colours. */
export function picture(category: string, name: string): string {
  const [tint = 0, turn = 0] = createHash("sha256").update(name).digest();
  const hue = Math.round((tint / 256) * 360);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" role="img">
<title>${escaped(name)}</title>
<defs><linearGradient id="g" gradientTransform="rotate(${Math.round((turn / 256) * 90)})">
<stop stop-color="hsl(${hue} 60% 92%)"/><stop offset="1" stop-color="hsl(${(hue + 40) % 360} 55% 80%)"/>
</linearGradient></defs>
<rect width="100" height="100" fill="url(#g)"/>
<path d="${drawings[category] ?? drawings.Pantry}" fill="none" stroke="hsl(${hue} 45% 28%)" stroke-width="3"
 stroke-linecap="round" stroke-linejoin="round"/>
</svg>`;
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
