import { isDeepStrictEqual } from "node:util";
import type { Logger } from "pino";
import type { Component, ComponentInstance } from "./component.ts";
import { ComponentError } from "./errors.ts";
import { OptionError, parseOptions } from "./options.ts";
import type { SavedOptions } from "./saved-options.ts";

type Opened<Instance> = {
  properties: Record<string, string>;
  instance: Promise<Instance>;
  calls: number;
  idle?: () => void;
};

/** The components of one socket. daprd sends the component's name with every call. */
export class Instances<Options, Instance extends ComponentInstance> {
  readonly #component: Component<Options, Instance>;
  readonly #saved: SavedOptions;
  readonly #logger: Logger;
  readonly #opened = new Map<string, Opened<Instance>>();

  constructor(component: Component<Options, Instance>, saved: SavedOptions, logger: Logger) {
    this.#component = component;
    this.#saved = saved;
    this.#logger = logger;
  }

  /**
   * Opens a component. Several sidecars may share one socket, and a restarted sidecar calls Init again. Equal options
   * keep the open instance; other options replace it after its calls have finished.
   */
  async init(name: string, properties: Record<string, string>): Promise<void> {
    const current = this.#opened.get(name);
    if (current && isDeepStrictEqual(current.properties, properties)) {
      await current.instance;
      return;
    }
    const logger = this.#logger.child({ instance: name });
    try {
      await this.#start(name, properties, current, logger);
    } catch (error) {
      throw logOptionErrors(error, name, logger);
    }
    this.#saved.save(name, properties);
    logger.info("the component is ready");
  }

  async use<Result>(name: string, act: (instance: Instance) => Promise<Result>): Promise<Result> {
    const opened = this.#opened.get(name) ?? (await this.#reopen(name));
    opened.calls += 1;
    try {
      return await act(await opened.instance);
    } finally {
      opened.calls -= 1;
      if (opened.calls === 0) opened.idle?.();
    }
  }

  /** Pings one component, or all without a name. A socket without components is healthy. */
  async ping(name: string | undefined): Promise<void> {
    const named = name !== undefined && (this.#opened.has(name) || this.#saved.get(name));
    const names = named ? [name] : [...this.#opened.keys()];
    await Promise.all(names.map((each) => this.use(each, (instance) => instance.ping())));
  }

  async close(): Promise<void> {
    const opened = [...this.#opened.values()];
    this.#opened.clear();
    await Promise.all(opened.map((each) => this.#replace(each)));
  }

  /** Opens a component with the options that daprd sent to an earlier process. */
  async #reopen(name: string): Promise<Opened<Instance>> {
    const properties = this.#saved.get(name);
    if (properties) await this.init(name, properties);
    const opened = this.#opened.get(name);
    if (!opened) throw new ComponentError("FAILED_PRECONDITION", `component "${name}" was not initialised`);
    return opened;
  }

  /** Invalid options leave the open instance unchanged. */
  async #start(
    name: string,
    properties: Record<string, string>,
    current: Opened<Instance> | undefined,
    logger: Logger,
  ): Promise<void> {
    const options = parseOptions(this.#component.options, properties);
    const instance = this.#replace(current).then(() => this.#component.open(options, { instance: name, logger }));
    const opened: Opened<Instance> = { properties, instance, calls: 0 };
    this.#opened.set(name, opened);
    try {
      await instance;
    } catch (error) {
      if (this.#opened.get(name) === opened) this.#opened.delete(name);
      throw error;
    }
  }

  async #replace(opened: Opened<Instance> | undefined): Promise<void> {
    if (!opened) return;
    if (opened.calls > 0) await new Promise<void>((resolve) => Object.assign(opened, { idle: resolve }));
    const instance = await opened.instance.catch(() => undefined);
    await instance
      ?.close()
      .catch((error: unknown) => this.#logger.error({ err: error }, "closing the component failed"));
  }
}

/** Logs one line per invalid option, and returns the error with all lines for daprd, which exits with it. */
function logOptionErrors(error: unknown, name: string, logger: Logger): unknown {
  if (!(error instanceof OptionError)) return error;
  const lines = error.linesOf(name);
  for (const line of lines) logger.error(line);
  return new ComponentError("INVALID_ARGUMENT", lines.join(";\n"), { cause: error.cause });
}
