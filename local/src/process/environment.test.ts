import t from "tap";
import { inheritedEnvironment } from "./environment.ts";

t.test("a service inherits the OpenTelemetry settings of the environment, but no store's password", async (t) => {
  const from = {
    PATH: "/bin",
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318",
    DATABASE_URL: "postgres://admin:pw@db",
  };
  t.same(inheritedEnvironment(from), { PATH: "/bin", OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" });
});
