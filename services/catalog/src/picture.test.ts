import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { picture } from "@sidecart/local/seed/picture";
import fc from "fast-check";
import t from "tap";
import { parse as parseYaml } from "yaml";
import { isHarmlessSvg, isInlinePicture } from "./picture.ts";

const url = (type: string, bytes: Uint8Array | string) =>
  `data:image/${type};base64,${Buffer.from(bytes).toString("base64")}`;
const svg = (inner: string, given = "") => `<svg xmlns="http://www.w3.org/2000/svg"${given}>${inner}</svg>`;
const isHarmless = (text: string) => isHarmlessSvg(Buffer.from(text));

t.test("every picture of the sample data is accepted", async (t) => {
  const folder = join(import.meta.dirname, "../../../local/src/seed/products");
  const categories = readdirSync(folder).map((file) => parseYaml(readFileSync(join(folder, file), "utf8")));
  const names = JSON.stringify(categories).match(/"name":"[^"]*"/g) ?? [];
  t.ok(names.length > 20);
  const kinds = ["Coffee", "Tea", "Brewing gear", "Bakery", "Fruit and vegetables", "Pantry", "Tableware", "Other"];
  for (const name of names) for (const kind of kinds) t.ok(isInlinePicture(picture(kind, name)), name);
  t.ok(isInlinePicture(picture("Tea", `<script>alert("&")</script> 'tea' ünïcödé 😀`)), "names are texts");
});

t.test("png, jpeg and webp are recognised by their first bytes, whatever the URL says", async (t) => {
  const begins: Record<string, Buffer> = {
    png: Buffer.from("89504e470d0a1a0a0000000d", "hex"),
    jpeg: Buffer.from("ffd8ffe000104a464946", "hex"),
    webp: Buffer.from("RIFF\x24\0\0\0WEBPVP8 ", "latin1"),
  };
  for (const [type, bytes] of Object.entries(begins)) {
    for (const said of [...Object.keys(begins), "svg+xml"]) {
      t.equal(isInlinePicture(url(said, bytes)), said === type, `${type} as ${said}`);
    }
    t.notOk(isInlinePicture(url(type, svg("<script>alert(1)</script>"))), `markup as ${type}`);
    t.notOk(isInlinePicture(url(type, "")), `nothing as ${type}`);
  }
});

t.test("only base64 of known types is accepted", async (t) => {
  const good = svg('<rect width="1" height="1"/>');
  t.ok(isInlinePicture(url("svg+xml", good)));
  for (const bad of [
    `data:image/svg+xml;utf8,${good}`,
    `data:image/svg+xml,${encodeURIComponent(good)}`,
    `data:image/svg+xml;charset=utf-8;base64,${Buffer.from(good).toString("base64")}`,
    `${url("svg+xml", good)}\n`,
    `${url("svg+xml", good)}#x`,
    url("svg+xml", good).replace("data:", "DATA:"),
    url("svg+xml", good).slice(0, -3),
    url("gif", good),
    url("svg+xml", Buffer.from([0xff, 0xfe, 0x3c, 0])),
    "data:text/html;base64,PHNjcmlwdD4=",
    "javascript:alert(1)",
    "",
  ]) {
    t.notOk(isInlinePicture(bad), bad);
  }
});

const harmful = [
  svg("<script>alert(1)</script>"),
  svg("<SCRIPT>alert(1)</SCRIPT>"),
  svg('<script href="https://evil.example/x.js"/>'),
  svg("", ' onload="alert(1)"'),
  svg('<rect onclick="alert(1)"/>'),
  svg('<g ONMOUSEOVER="alert(1)"></g>'),
  svg("<foreignObject><body/></foreignObject>"),
  svg('<image href="https://evil.example/x.png"/>'),
  svg('<use href="#a"/>'),
  svg('<a href="javascript:alert(1)"><text>x</text></a>'),
  svg('<rect fill="url(https://evil.example/x)"/>'),
  svg('<rect fill="url(//evil.example/x)"/>'),
  svg('<rect fill="u\\72l(//evil.example/x)"/>'),
  svg('<rect fill="url(#a) url(//evil.example/x)"/>'),
  svg('<rect fill="url(&quot;//evil.example/x&quot;)"/>'),
  svg('<rect fill="&#117;rl(//evil.example/x)"/>'),
  svg("<style>@import url(//evil.example/x)</style>"),
  svg('<rect style="fill:red"/>'),
  svg('<animate attributeName="href" to="javascript:alert(1)"/>'),
  svg('<set attributeName="onload" to="alert(1)"/>'),
  svg('<rect xlink:href="x"/>', ' xmlns:xlink="http://www.w3.org/1999/xlink"'),
  svg("<!-- a --><rect/>"),
  svg("<![CDATA[<script>alert(1)</script>]]>"),
  svg("&x;"),
  svg("&#60;script&#62;"),
  svg("<rect/"),
  svg("<g>"),
  svg("<g></rect>"),
  svg("<rect width=1/>"),
  svg("<rect width='1'/>"),
  `<?xml version="1.0"?>${svg("")}`,
  `<?xml-stylesheet href="x"?>${svg("")}`,
  `<!DOCTYPE svg [<!ENTITY x "y">]>${svg("")}`,
  `${svg("")}<script>alert(1)</script>`,
  `${svg("")}text`,
  '<svg xmlns="http://www.w3.org/1999/xhtml"></svg>',
  "<html></html>",
  "svg",
  "",
];

t.test("an SVG with anything but shapes, gradients and text is refused", async (t) => {
  for (const bad of harmful) t.notOk(isHarmless(bad), bad);
});

t.test("an SVG of shapes, gradients and text is accepted, also with spaces and line breaks", async (t) => {
  for (const good of [
    svg("", ' viewBox="0 0 1 1" role="img"'),
    svg(
      '<defs><linearGradient id="g"><stop offset="0" stop-color="#fff"/></linearGradient></defs>\n<g fill="url(#g)"/>',
    ),
    svg('<text x="1" y="2"><tspan>on &lt;b&gt; &amp; script</tspan></text >'),
    `\n${svg('<path d="M0 0L1 1z"\n stroke="hsl(1 2% 3%)" />')}\n`,
  ]) {
    t.ok(isHarmless(good), good);
  }
});

t.test("no accepted SVG has active content", async () => {
  const piece = fc.constantFrom(
    "<",
    ">",
    "/",
    "svg",
    "script",
    "g",
    " ",
    '"',
    "=",
    "onload",
    "fill",
    "url(",
    "#a",
    ")",
    "&lt;",
    "&",
    "x",
  );
  await fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
      const text = svg(pieces.join(""));
      return !isHarmless(text) || !/<script|<[^>]*\sonload\s*=|<!|url\((?!#)/i.test(text.replace(/>[^<]*</g, "><"));
    }),
    { numRuns: 20_000 },
  );
});
