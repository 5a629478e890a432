const passedOn = [
  "PATH",
  "HOME",
  "USER",
  "LANG",
  "LC_ALL",
  "TZ",
  "TMPDIR",
  "NODE_EXTRA_CA_CERTS",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
];

/**
 * The part of the launcher's environment that a child gets: OpenTelemetry settings, but no password or URL of a store.
 */
export function inheritedEnvironment(from: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [key, value] of Object.entries(from)) {
    if (value !== undefined && (passedOn.includes(key) || key.startsWith("OTEL_"))) kept[key] = value;
  }
  return kept;
}
