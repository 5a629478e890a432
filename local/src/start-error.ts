/** A reason the system cannot start or go on, said in one line; `details` are lines of a log that belong to it. */
export class StartError extends Error {
  readonly details: readonly string[];

  constructor(message: string, details: readonly string[] = [], options?: ErrorOptions) {
    super(message, options);
    this.name = "StartError";
    this.details = details;
  }
}
