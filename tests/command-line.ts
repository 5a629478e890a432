/** What a command was told; what cannot be is said in one line, as by the commands for operators. */
export function orRefuse<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    return refuse(error);
  }
}

export function refuse(error: unknown): never {
  const [reason] = String(error instanceof Error ? error.message : error).split(". ");
  process.stderr.write(`✗ ${reason} (--help)\n`);
  process.exit(1);
}
