import { randomUUID } from "node:crypto";
import { maxMediaBytes } from "@sidecart/platform/media";
import { toAppError } from "@sidecart/platform/rpc";
import type { Test } from "tap";
import { instead } from "../notes.ts";
import { figureTests } from "./figures.ts";
import { call, type MediaName, type MediaStores, startMedia } from "./stores.ts";

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "OK",
    (error: unknown) => toAppError(error).code,
  );

export type Particulars = {
  /** The store's error for the misconfigured component. */
  refusal: RegExp;
  /** The process that stores the files, if that is not the sidecar. */
  server?: string;
  /** Completes the misconfiguration of the wrong component. */
  spoil?(instanceDir: string): Promise<void>;
};

/** The guarantees of every media store, through the sidecars of the real system. */
export async function mediaSuite(t: Test, store: MediaName, { refusal, server, spoil }: Particulars): Promise<void> {
  const stores = await startMedia(t, store);
  await spoil?.(stores.system.instanceDir);
  await contentTests(t, stores);
  await concurrencyTests(t, stores);
  await boundaryTests(t, stores);
  await refusalTests(t, stores, refusal);
  await figureTests(t, stores);
  if (server !== undefined) await outageTests(t, stores, server);
}

async function contentTests(t: Test, { accounts }: MediaStores): Promise<void> {
  await t.test("content of any form is returned byte for byte", async (t) => {
    const every = new Uint8Array(1_024).map((_, at) => at % 256);
    const texts = ['"quoted"', "abcd", "MTIzNA==", "1e10", "12345678901234567890", "null", "true", '{"a":1}', "\\n"];
    // Bytes whose base64 is a JSON number, null and true.
    const tricky = ["1e10", "null", "true", "12345678901234567890"].map((text) => Buffer.from(text, "base64"));
    for (const content of [every, new Uint8Array(), ...texts.map(bytes), ...tricky]) {
      const name = `${randomUUID()}.png`;
      await accounts.put(name, content, call());
      const found = await accounts.get(name, call());
      t.same(Buffer.from(found ?? bytes("missing")), Buffer.from(content));
    }
  });

  await t.test("a file has at most 3 MB; a larger one is refused by name", async (t) => {
    const name = randomUUID();
    const largest = new Uint8Array(maxMediaBytes).map((_, at) => (at * 31) % 251);
    await accounts.put(name, largest, call(30_000));
    t.ok(Buffer.from((await accounts.get(name, call(30_000))) ?? []).equals(largest));
    t.equal(await codeOf(accounts.put(name, new Uint8Array(maxMediaBytes + 1), call())), "MEDIA_SIZE");
    t.ok(Buffer.from((await accounts.get(name, call(30_000))) ?? []).equals(largest), "the one before is untouched");
  });

  await t.test("reading a missing file is no error, nor is deleting it twice", async (t) => {
    const name = randomUUID();
    t.equal(await accounts.get(name, call()), undefined);
    await accounts.remove(name, call());
    await accounts.put(name, bytes("here"), call());
    await accounts.remove(name, call());
    t.equal(await accounts.get(name, call()), undefined);
    await accounts.remove(name, call());
  });

  await t.test("a file is replaced completely, also by a shorter one", async (t) => {
    const name = randomUUID();
    await accounts.put(name, new Uint8Array(100_000).fill(1), call());
    await accounts.put(name, bytes("short"), call());
    t.equal(Buffer.from((await accounts.get(name, call())) ?? []).toString(), "short");
  });
}

async function concurrencyTests(t: Test, { accounts }: MediaStores): Promise<void> {
  await t.test("a reader sees a complete file while it is overwritten", async (t) => {
    instead(
      t,
      "Not guaranteed: on a disk it may see half of it. Give new content a new name, and announce the name after the write.",
    );
    const contents = Array.from({ length: 20 }, (_, at) => new Uint8Array(200_000).fill(at));
    const id = randomUUID();
    const nameOf = (at: number) => `${id}-${at}`;
    await accounts.put(nameOf(0), contents[0] ?? bytes(""), call());
    let newest = 0;
    const read = async () => {
      const parts = new Set<string>();
      while (newest < contents.length - 1) {
        const found = (await accounts.get(nameOf(newest), call())) ?? bytes("missing");
        parts.add(`${found.length} bytes, ${new Set(found).size} versions`);
      }
      return parts;
    };
    const readers = Promise.all([read(), read()]);
    for (const [at, content] of contents.entries()) {
      if (at > 0) await accounts.put(nameOf(at), content, call());
      newest = at;
    }
    for (const parts of await readers) t.same([...parts], ["200000 bytes, 1 versions"]);
  });

  await t.test("many files are written concurrently", async (t) => {
    const names = Array.from({ length: 30 }, () => randomUUID());
    await Promise.all(names.map((name) => accounts.put(name, bytes(name), call(30_000))));
    const found = await Promise.all(names.map((name) => accounts.get(name, call(30_000))));
    t.same(
      found.map((content) => Buffer.from(content ?? []).toString()),
      names,
    );
  });
}

const wrong = [
  "",
  ".",
  "..",
  "../x",
  "a/b",
  "/etc/passwd",
  "a\\b",
  "a..b",
  ".hidden",
  "a.",
  "A.png",
  "é",
  "a b",
  "a\0",
];

async function boundaryTests(t: Test, { accounts, catalog, orders }: MediaStores): Promise<void> {
  await t.test("every operation refuses names that leave the folder or differ only on some disks", async (t) => {
    for (const name of [...wrong, "%2e%2e", "x".repeat(129)]) {
      const calls = [accounts.put(name, bytes("x"), call()), accounts.get(name, call()), accounts.remove(name, call())];
      t.same(await Promise.all(calls.map(codeOf)), ["MEDIA_NAME", "MEDIA_NAME", "MEDIA_NAME"], JSON.stringify(name));
    }
    await accounts.put(`${"x".repeat(120)}.tar.gz`, bytes("x"), call());
  });

  await t.test("each app has its own files; an app outside the scopes has none", async (t) => {
    const name = randomUUID();
    await accounts.put(name, bytes("of accounts"), call());
    t.equal(await catalog.get(name, call()), undefined);
    await catalog.put(name, bytes("of catalog"), call());
    await catalog.remove(name, call());
    t.equal(Buffer.from((await accounts.get(name, call())) ?? []).toString(), "of accounts");
    const calls = [orders.get(name, call()), orders.put(name, bytes("x"), call()), orders.remove(name, call())];
    t.same(await Promise.all(calls.map(codeOf)), ["UNAVAILABLE", "UNAVAILABLE", "UNAVAILABLE"]);
  });
}

async function refusalTests(t: Test, { accounts, broken }: MediaStores, refusal: RegExp): Promise<void> {
  await t.test("a misconfigured store is an error with its reason, never a missing file", async (t) => {
    const name = randomUUID();
    await accounts.put(name, bytes("x"), call());
    const calls = [broken.put(name, bytes("y"), call()), broken.get(name, call()), broken.remove(name, call())];
    const errors = await Promise.all(calls.map((work) => work.then(() => undefined, toAppError)));
    for (const error of errors) {
      t.equal(error?.code, "UNAVAILABLE");
      t.match(String((error?.cause as Error | undefined)?.message), refusal);
      t.notMatch(String(error?.message), refusal, "the caller is not told");
    }
    t.equal(Buffer.from((await accounts.get(name, call())) ?? []).toString(), "x");
  });
}

async function outageTests(t: Test, { accounts, system }: MediaStores, server: string): Promise<void> {
  await t.test("while the store is down every call reports it; it recovers by itself with its files", async (t) => {
    const name = randomUUID();
    await accounts.put(name, bytes("kept"), call());
    await system.kill(server);
    const calls = [accounts.put(name, bytes("x"), call()), accounts.get(name, call()), accounts.remove(name, call())];
    for (const code of await Promise.all(calls.map(codeOf))) t.match(code, /^(UNAVAILABLE|TIMEOUT)$/);
    await system.start(server);
    t.equal(Buffer.from((await accounts.get(name, call(30_000))) ?? []).toString(), "kept");
  });
}
