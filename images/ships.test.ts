import t from "tap";
import { modulesOf } from "./go-sbom.ts";
import { shipsFromPackage, shipsFromWorkspace } from "./ships.ts";

t.test("the runtime files of a workspace ship", async (t) => {
  const shipped = [
    "package.json",
    "service.ts",
    "src/main.ts",
    "src/schema.graphql",
    "migrations/0001_a.sql",
    "gen/a/v1/a_pb.ts",
  ];
  for (const file of shipped) t.equal(shipsFromWorkspace(file), true, file);
});

t.test("tests, test support, documents and settings of a workspace do not ship", async (t) => {
  const left = ["src/order.test.ts", "test/node.ts", "README.md", "src/testing.ts", "src/conformance/suite.ts"];
  for (const file of [...left, "example/main.ts", "baseline.json", "buf.yaml"])
    t.equal(shipsFromWorkspace(file), false, file);
});

t.test("typings, source maps, documents and tests of a package do not ship", async (t) => {
  const left = [
    "index.d.ts",
    "index.d.mts",
    "src/index.ts",
    "index.js.map",
    "README.md",
    "test/a.js",
    "dist/a.test.js",
    ".github/x.yml",
  ];
  for (const file of left) t.equal(shipsFromPackage("pino", file), false, file);
});

t.test("loadable files of a package ship: code in folders named like tests, protos, native modules", async (t) => {
  const shipped = [
    "lib/test/a.js",
    "dist/doc/Document.js",
    "proto/channelz.proto",
    "package.json",
    "argon2.linux.node",
  ];
  for (const file of shipped) t.equal(shipsFromPackage("yaml", file), true, file);
});

t.test("licences ship in every file format", async (t) => {
  for (const file of ["LICENSE", "license.md", "LICENCE.txt", "lib/vendor/NOTICE"]) {
    t.equal(shipsFromPackage("pino", file), true, file);
  }
});

t.test("builds for bundlers do not ship when Node uses another build", async (t) => {
  t.equal(shipsFromPackage("@opentelemetry/core", "build/esm/index.js"), false);
  t.equal(shipsFromPackage("@opentelemetry/core", "build/src/index.js"), true);
});

t.test("of Dapr's SDK only the protocol ships", async (t) => {
  for (const file of ["proto/dapr/proto/runtime/v1/dapr_pb.js", "package.json", "LICENSE"])
    t.equal(shipsFromPackage("@dapr/dapr", file), true, file);
  for (const file of ["index.js", "implementation/Server/DaprServer.js", "proto/dapr/proto/sentry/v1/sentry_pb.js"])
    t.equal(shipsFromPackage("@dapr/dapr", file), false, file);
});

t.test("the SBOM names replacements of Go modules, and marks patched modules", async (t) => {
  const lines = [
    "daprd: go1.26.8",
    "\tpath\tsidecart/cmd/daprd",
    "\tdep\texample.com/a\tv1.0.0\th1:a=",
    "\tdep\texample.com/b\tv1.1.0",
    "\t=>\texample.com/fork\tv2.0.0\th1:b=",
    "\tdep\texample.com/c\tv1.2.0",
    "\t=>\t/tmp/patched/module-0\t(devel)\t",
  ];
  t.same(modulesOf(lines.join("\n")), [
    { path: "example.com/a", version: "v1.0.0", patched: false },
    { path: "example.com/fork", version: "v2.0.0", patched: false },
    { path: "example.com/c", version: "v1.2.0", patched: true },
  ]);
});
