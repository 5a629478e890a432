import t from "tap";
import { connectionSettings } from "./connection-settings.ts";

t.test("a libpq connection string is parsed with its quotes and backslashes", async (t) => {
  t.same(connectionSettings("host=db port=5432 user=orders_app password='it\\'s a \\\\ pass' database=orders"), {
    host: "db",
    port: "5432",
    user: "orders_app",
    password: "it's a \\ pass",
    database: "orders",
  });
  t.same(connectionSettings("password='' user = x  pool_max_conns=8 "), {
    password: "",
    user: "x",
    pool_max_conns: "8",
  });
});

t.test("a URL is parsed to the same settings, with its escapes decoded", async (t) => {
  t.match(connectionSettings("postgres://orders_app:a%40b@db:5432/orders?sslmode=require"), {
    host: "db",
    user: "orders_app",
    password: "a@b",
    database: "orders",
    sslmode: "require",
  });
});

t.test("an invalid connection string is an error without the string", async (t) => {
  for (const text of ["secret", "user=x secret", "=secret"]) {
    t.throws(() => connectionSettings(text), /^(?!.*secret).*key=value/, text);
  }
});
