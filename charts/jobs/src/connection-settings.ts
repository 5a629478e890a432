/** One setting of a libpq connection string: `key=value`, with single quotes around spaces; a backslash escapes. */
const pair = /([a-z_]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s\\]|\\.)*))/gsy;

/** Parses a connection string of `bindings.postgresql`: a libpq connection string or a URL. */
export function connectionSettings(text: string): Record<string, string> {
  if (/^postgres(ql)?:\/\//.test(text)) return settingsOfUrl(new URL(text));
  const settings: Record<string, string> = {};
  for (let rest = text.trim(), at = 0; at < rest.length; rest = rest.slice(at).trimStart(), at = 0) {
    pair.lastIndex = 0;
    const [all, key, quoted, plain] = pair.exec(rest) ?? [];
    if (!all || !key) throw new Error("a connection string must be key=value pairs or a URL");
    settings[key] = (quoted ?? plain ?? "").replaceAll(/\\(.)/gs, "$1");
    at = all.length;
  }
  return settings;
}

function settingsOfUrl(url: URL): Record<string, string> {
  return {
    ...Object.fromEntries(url.searchParams),
    host: url.hostname,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
  };
}
