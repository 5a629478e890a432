/** A word of libpq: `key=value`, the value in single quotes when it holds spaces; a backslash takes the next character as it is. */
const word = /([a-z_]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s\\]|\\.)*))/gsy;

/** The settings of a connection string as `bindings.postgresql` takes it: libpq's words, or a URL. */
export function connectionSettings(text: string): Record<string, string> {
  if (/^postgres(ql)?:\/\//.test(text)) return ofUrl(new URL(text));
  const settings: Record<string, string> = {};
  for (let rest = text.trim(), at = 0; at < rest.length; rest = rest.slice(at).trimStart(), at = 0) {
    word.lastIndex = 0;
    const [all, key, quoted, plain] = word.exec(rest) ?? [];
    if (!all || !key) throw new Error("a connection string is words of key=value, or a URL");
    settings[key] = (quoted ?? plain ?? "").replaceAll(/\\(.)/gs, "$1");
    at = all.length;
  }
  return settings;
}

function ofUrl(url: URL): Record<string, string> {
  return {
    ...Object.fromEntries(url.searchParams),
    host: url.hostname,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
  };
}
