/** Says in one line why the system cannot start or continue; `details` are related lines of a log. */
export class StartError extends Error {
  readonly details: readonly string[];

  constructor(message: string, details: readonly string[] = [], options?: ErrorOptions) {
    super(message, options);
    this.name = "StartError";
    this.details = details;
  }
}
