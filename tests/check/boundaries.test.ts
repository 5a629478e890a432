import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import t from "tap";
import { root, tool } from "./tool.ts";

/** Lints these files in their own folder with the project's rules; returns the lines about `rule`. */
async function said(files: Record<string, string>, rule: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "sidecart-boundaries-"));
  t.teardown(() => rm(folder, { recursive: true }));
  await copyFile(join(root, "biome.json"), join(folder, "biome.json"));
  for (const [file, text] of Object.entries(files)) {
    await mkdir(join(folder, dirname(file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
  const output = (await tool("biome", ["lint", "--vcs-enabled=false", "--reporter=github"], folder)) ?? "";
  return output.split("\n").filter((line) => line.includes(rule));
}

const importing = (specifier: string) => `import { x } from "${specifier}";\nexport const y = x;\n`;

/** The imports that the project's lint refuses; each is in its own file. */
async function refused(imports: readonly { path: string; specifier: string }[]): Promise<boolean[]> {
  const files = imports.map(({ path }, place) => path.replace("x.ts", `x${place}.ts`));
  const texts = imports.map(({ specifier }) => importing(specifier));
  const lines = await said(Object.fromEntries(files.map((file, at) => [file, texts[at] ?? ""])), "noRestrictedImports");
  return files.map((file) => lines.some((line) => line.includes(file)));
}

const forbidden = [
  ["a service importing another service", "services/orders/src/x.ts", "@sidecart/catalog/product"],
  ["a service importing another by a path", "services/orders/src/x.ts", "../../catalog/src/product.ts"],
  ["a service importing a database driver", "services/orders/src/x.ts", "pg"],
  ["a service importing Redis", "services/accounts/src/x.ts", "ioredis"],
  ["a service importing Elasticsearch", "services/catalog/src/x.ts", "@elastic/elasticsearch"],
  ["a service importing Dapr's SDK", "services/catalog/src/x.ts", "@dapr/dapr"],
  ["a service importing part of Dapr's SDK", "services/catalog/src/x.ts", "@dapr/dapr/proto/x.js"],
  ["a service speaking gRPC itself", "services/catalog/src/x.ts", "@grpc/grpc-js"],
  ["a service importing the gateway", "services/catalog/src/x.ts", "@sidecart/gateway/app"],
  ["the gateway importing a service", "gateway/src/x.ts", "@sidecart/orders/order"],
  ["the gateway importing a database driver", "gateway/src/x.ts", "pg"],
  ["the gateway importing Dapr's SDK", "gateway/src/x.ts", "@dapr/dapr"],
  ["the cache engine importing a domain", "gateway/src/cache/x.ts", "../domains/orders/model.ts"],
  ["the cache engine importing HTTP", "gateway/src/cache/x.ts", "../http/request-call.ts"],
  ["calls to services importing a domain", "gateway/src/calls/x.ts", "../domains/orders/model.ts"],
  ["HTTP importing GraphQL", "gateway/src/http/x.ts", "../graphql/context.ts"],
  ["HTTP importing a domain", "gateway/src/http/x.ts", "../domains/domains.ts"],
  ["GraphQL importing a domain", "gateway/src/graphql/x.ts", "../domains/domains.ts"],
  ["an operation importing Mercurius", "gateway/src/domains/orders/x.ts", "mercurius"],
  ["an operation importing Fastify", "gateway/src/domains/orders/x.ts", "fastify"],
  ["an operation importing the GraphQL side", "gateway/src/domains/orders/x.ts", "../../graphql/context.ts"],
  ["an operation importing the HTTP side", "gateway/src/domains/orders/x.ts", "../../http/request-call.ts"],
  ["a domain importing a service", "gateway/src/domains/orders/x.ts", "@sidecart/orders/order"],
  ["a resolver importing a service", "gateway/src/domains/orders/resolvers.ts", "@sidecart/orders/order"],
  ["a domain importing beyond the gateway", "gateway/src/domains/orders/x.ts", "../../../../platform/src/ids.ts"],
  ["a service of tomorrow importing another", "services/carts/src/x.ts", "@sidecart/catalog/product"],
  ["a component importing the platform", "components/embedded-search/src/x.ts", "@sidecart/platform/telemetry"],
  ["the set-up importing the platform", "components/setup/src/x.ts", "@sidecart/platform/telemetry"],
  ["a job of the chart importing a service", "charts/jobs/src/x.ts", "@sidecart/orders/order"],
  ["a job of the chart importing a database driver", "charts/jobs/src/x.ts", "pg"],
  ["the launcher importing a service", "local/src/x.ts", "@sidecart/orders/order"],
  ["the launcher importing a service by a path", "local/src/x.ts", "../../services/orders/src/order.ts"],
  ["the launcher importing the platform's programs", "local/src/x.ts", "@sidecart/platform/run"],
  ["the platform importing a service", "platform/src/x.ts", "@sidecart/orders/order"],
  ["the platform importing a database driver", "platform/src/x.ts", "pg"],
] as const;

const allowed = [
  ["services/orders/src/x.ts", "@sidecart/platform/database"],
  ["services/orders/src/x.ts", "@sidecart/proto/catalog/v1/catalog"],
  ["gateway/src/x.ts", "ioredis"],
  ["gateway/src/domains/orders/x.ts", "../../cache/entries.ts"],
  ["gateway/src/domains/orders/x.ts", "../../calls/paging.ts"],
  ["gateway/src/domains/orders/domain.ts", "../../graphql/read-schema.ts"],
  ["gateway/src/graphql/x.ts", "../http/request-call.ts"],
  ["gateway/src/http/x.ts", "../calls/gateway-call.ts"],
  ["platform/src/x.ts", "@dapr/dapr"],
  ["ops/src/x.ts", "pg"],
  ["charts/jobs/src/x.ts", "@sidecart/ops/create-database"],
  ["local/src/x.ts", "@sidecart/ops/signing-key-set"],
  ["components/elasticsearch/src/x.ts", "@elastic/elasticsearch"],
  ["components/setup/src/x.ts", "ioredis"],
  ["local/src/x.ts", "@sidecart/local/servers/kafka/process"],
  ["local/src/x.ts", "../../services/index.ts"],
] as const;

t.test("an import across a boundary fails the check", async (t) => {
  const answers = await refused(forbidden.map(([, path, specifier]) => ({ path, specifier })));
  for (const [place, [name]] of forbidden.entries()) t.equal(answers[place], true, name);
});

t.test("allowed imports pass", async (t) => {
  const answers = await refused(allowed.map(([path, specifier]) => ({ path, specifier })));
  for (const [place, [path, specifier]] of allowed.entries()) {
    t.equal(answers[place], false, `${path} may import ${specifier}`);
  }
});

t.test("files that import each other fail the check, if only for a type", async (t) => {
  const circle = {
    "platform/src/one.ts": 'import type { Two } from "./two.ts";\nexport type One = { two: Two };\n',
    "platform/src/two.ts": 'import type { One } from "./one.ts";\nexport type Two = { one: One };\n',
  };
  const lines = await said({ ...circle, "platform/src/three.ts": importing("./one.ts") }, "noImportCycles");
  for (const [file, fails] of [
    ["one", true],
    ["two", true],
    ["three", false],
  ] as const)
    t.equal(
      lines.some((line) => line.includes(`${file}.ts`)),
      fails,
      file,
    );
});

t.test("a test that sleeps in any way fails the check; a timer in a program does not", async (t) => {
  const sleeps = {
    "tests/e2e/one.test.ts": 'import { setTimeout as pause } from "node:timers/promises";\nawait pause(1);\n',
    "platform/src/two.test.ts": "await new Promise((resolve) => setTimeout(resolve, 1));\n",
    "tests/support/three.ts": 'import { setTimeout as pause } from "node:timers/promises";\nawait pause(1);\n',
    "platform/src/four.ts": 'import { setTimeout as pause } from "node:timers/promises";\nawait pause(1);\n',
  };
  const lines = await said(sleeps, "noRestricted");
  for (const file of Object.keys(sleeps)) {
    const found = lines.some((line) => line.includes(file));
    t.equal(found, file !== "platform/src/four.ts", file);
  }
});
