/** Pictures inside a URL. They must be safe to show to anybody, whoever uploaded them. */

const inline = /^data:image\/(png|webp|jpeg|svg\+xml);base64,([A-Za-z0-9+/]*={0,2})$/;

/** True for a data URL in base64 whose content has the stated type. An SVG must be harmless. */
export function isInlinePicture(url: string): boolean {
  const [, type, base64 = ""] = inline.exec(url) ?? [];
  const bytes = Buffer.from(base64, "base64");
  if (bytes.toString("base64").replace(/=+$/, "") !== base64.replace(/=+$/, "")) return false;
  if (type === "svg+xml") return isHarmlessSvg(bytes);
  return type !== undefined && startsAs(type, bytes);
}

function startsAs(type: string, bytes: Buffer): boolean {
  if (type === "png") return bytes.subarray(0, 8).toString("hex") === "89504e470d0a1a0a";
  if (type === "jpeg") return bytes.subarray(0, 3).toString("hex") === "ffd8ff";
  return bytes.subarray(0, 4).toString("latin1") === "RIFF" && bytes.subarray(8, 12).toString("latin1") === "WEBP";
}

const elements = new Set(
  `svg g title desc defs linearGradient radialGradient stop rect circle ellipse line polyline polygon path text tspan
   clipPath`.split(/\s+/),
);
const attributes = new Set(
  `xmlns viewBox width height preserveAspectRatio version role id class transform x y x1 y1 x2 y2 dx dy cx cy r rx ry fx fy
   d points offset gradientTransform gradientUnits spreadMethod fill fill-opacity fill-rule clip-path clip-rule
   clipPathUnits stroke stroke-width stroke-linecap stroke-linejoin stroke-miterlimit stroke-dasharray
   stroke-dashoffset stroke-opacity opacity stop-color stop-opacity text-anchor font-size font-weight font-family
   dominant-baseline aria-hidden aria-label`.split(/\s+/),
);
const namespace = "http://www.w3.org/2000/svg";

/** Text without entities other than the five that every XML parser knows. */
const plainText = /^(?:[^<&]|&(?:amp|lt|gt|quot|apos);)*$/;
const tag = /^<(?:\/([A-Za-z]+)\s*|([A-Za-z]+)((?:\s+[A-Za-z0-9:-]+="[^"<]*")*)\s*(\/?))>/;
const attribute = /([A-Za-z0-9:-]+)="([^"<]*)"/g;

/**
 * True for an SVG that has only shapes, gradients and text. This is an allow list: no script, style, link, event
 * handler, foreign or included content, no comment, declaration, CDATA or entity definition.
 */
export function isHarmlessSvg(bytes: Uint8Array): boolean {
  let rest = decode(bytes)?.trim();
  if (rest === undefined || !rest.startsWith("<svg")) return false;
  const open: string[] = [];
  while (rest !== "") {
    const [text = ""] = /^[^<]*/.exec(rest) ?? [];
    rest = rest.slice(text.length);
    const [whole, closed, opened, given = "", empty] = tag.exec(rest) ?? [];
    if (!plainText.test(text) || whole === undefined) return false;
    if (closed !== undefined ? open.pop() !== closed : !isKnown(opened, given)) return false;
    if (opened !== undefined && !empty) open.push(opened);
    rest = rest.slice(whole.length);
    if (open.length === 0) return rest === "";
  }
  return false;
}

function isKnown(element: string | undefined, given: string): boolean {
  if (element === undefined || !elements.has(element)) return false;
  return [...given.matchAll(attribute)].every(([, name = "", value = ""]) => isKnownAttribute(name, value));
}

function isKnownAttribute(name: string, value: string): boolean {
  if (!attributes.has(name) || !plainText.test(value)) return false;
  if (name === "xmlns") return value === namespace;
  // A reference may point only into the same picture, and must not contain escapes.
  return !/[\\:]|url/i.test(value.replaceAll(/url\(#[A-Za-z0-9_-]+\)/g, ""));
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
