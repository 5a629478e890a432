import { isDeepStrictEqual } from "node:util";
import type { Logger } from "pino";
import { BindingError } from "./errors.ts";
import { parseOptions } from "./options.ts";
import type { BindingInstance, OutputBinding } from "./output-binding.ts";

type Opened = {
  properties: Record<string, string>;
  instance: Promise<BindingInstance>;
  calls: number;
  idle?: () => void;
};

/** The components of one socket, by the name daprd sends with every call. */
export class Instances<Options> {
  readonly #binding: OutputBinding<Options>;
  readonly #logger: Logger;
  readonly #opened = new Map<string, Opened>();

  constructor(binding: OutputBinding<Options>, logger: Logger) {
    this.#binding = binding;
    this.#logger = logger;
  }

  /**
   * Opens a component. Several sidecars may share one socket, and a restarted sidecar calls Init again: equal options
   * keep the open instance, other options replace it after its calls have finished.
   */
  async init(name: string, properties: Record<string, string>): Promise<void> {
    const current = this.#opened.get(name);
    if (current && isDeepStrictEqual(current.properties, properties)) {
      await current.instance;
      return;
    }
    const options = parseOptions(this.#binding.options, properties);
    const logger = this.#logger.child({ instance: name });
    const instance = this.#replace(current).then(() => this.#binding.open(options, { instance: name, logger }));
    const opened: Opened = { properties, instance, calls: 0 };
    this.#opened.set(name, opened);
    try {
      await instance;
    } catch (error) {
      if (this.#opened.get(name) === opened) this.#opened.delete(name);
      throw error;
    }
    logger.info("component ready");
  }

  async use<Result>(name: string, act: (instance: BindingInstance) => Promise<Result>): Promise<Result> {
    const opened = this.#opened.get(name);
    if (!opened) throw new BindingError("FAILED_PRECONDITION", `component "${name}" was not initialised`);
    opened.calls += 1;
    try {
      return await act(await opened.instance);
    } finally {
      opened.calls -= 1;
      if (opened.calls === 0) opened.idle?.();
    }
  }

  /** Every component can serve; with a name, only that one. A socket with no component yet is healthy. */
  async ping(name: string | undefined): Promise<void> {
    const names = name !== undefined && this.#opened.has(name) ? [name] : [...this.#opened.keys()];
    await Promise.all(names.map((each) => this.use(each, (instance) => instance.ping())));
  }

  async close(): Promise<void> {
    const opened = [...this.#opened.values()];
    this.#opened.clear();
    await Promise.all(opened.map((each) => this.#replace(each)));
  }

  async #replace(opened: Opened | undefined): Promise<void> {
    if (!opened) return;
    if (opened.calls > 0) await new Promise<void>((resolve) => Object.assign(opened, { idle: resolve }));
    const instance = await opened.instance.catch(() => undefined);
    await instance?.close().catch((error: unknown) => this.#logger.error({ err: error }, "component did not close"));
  }
}
