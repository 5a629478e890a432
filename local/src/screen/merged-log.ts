import { type FSWatcher, watch } from "node:fs";
import { open } from "node:fs/promises";
import { basename, join } from "node:path";
import { styleText } from "node:util";
import { prettyFactory } from "pino-pretty";

const colours = ["cyan", "yellow", "green", "magenta", "blue", "cyanBright", "yellowBright", "magentaBright"] as const;
const nameWidth = 19;

/**
 * Follows the log files of a folder and prints each new line after the name of its process. Because it reads files, not
 * pipes, the processes continue when the launcher is killed.
 */
export class MergedLog {
  readonly #folder: string;
  readonly #out: NodeJS.WritableStream;
  readonly #files = new Map<string, FollowedFile>();
  readonly #pretty = prettyFactory({
    colorize: process.stdout.isTTY ?? false,
    singleLine: true,
    ignore: "pid,hostname,app,app_id,instance,type,ver,name",
    translateTime: "HH:MM:ss.l",
  });
  readonly #watcher: FSWatcher;

  private constructor(folder: string, out: NodeJS.WritableStream) {
    this.#folder = folder;
    this.#out = out;
    this.#watcher = watch(folder, (_event, name) => void (name && this.#file(name)?.read()));
  }

  static follow(folder: string, out: NodeJS.WritableStream): MergedLog {
    return new MergedLog(folder, out);
  }

  /** Prints the unread lines and stops. */
  async stop(): Promise<void> {
    this.#watcher.close();
    await Promise.all([...this.#files.values()].map((file) => file.read()));
  }

  #file(name: string): FollowedFile | undefined {
    if (!name.endsWith(".log")) return undefined;
    const known = this.#files.get(name);
    if (known) return known;
    const colour = colours[this.#files.size % colours.length] ?? "cyan";
    const prefix = styleText(colour, `${basename(name, ".log").padEnd(nameWidth)} │ `);
    const file = new FollowedFile(join(this.#folder, name), (line) => {
      if (!isEtcdChatter(line)) this.#out.write(`${prefix}${this.#readable(line)}\n`);
    });
    this.#files.set(name, file);
    return file;
  }

  #readable(line: string): string {
    if (!line.startsWith("{")) return line;
    return this.#pretty(line.replace('"level":"warning"', '"level":"warn"')).trimEnd();
  }
}

// The scheduler's --log-level does not apply to its etcd, which logs every step of its election.
function isEtcdChatter(line: string): boolean {
  return line.startsWith('{"level":"info","ts":');
}

/** One growing file; each read continues at the end of the last one. */
class FollowedFile {
  readonly #path: string;
  readonly #onLine: (line: string) => void;
  #offset = 0;
  #rest = "";
  #reading: Promise<void> = Promise.resolve();

  constructor(path: string, onLine: (line: string) => void) {
    this.#path = path;
    this.#onLine = onLine;
  }

  read(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#readOn()).catch(() => {}); // the file may have gone
    return this.#reading;
  }

  async #readOn(): Promise<void> {
    const handle = await open(this.#path);
    try {
      const { size } = await handle.stat();
      const { buffer, bytesRead } = await handle.read(
        Buffer.alloc(size - this.#offset),
        0,
        size - this.#offset,
        this.#offset,
      );
      this.#offset += bytesRead;
      const lines = (this.#rest + buffer.toString("utf8", 0, bytesRead)).split("\n");
      this.#rest = lines.pop() ?? "";
      for (const line of lines) if (line !== "") this.#onLine(line);
    } finally {
      await handle.close();
    }
  }
}
