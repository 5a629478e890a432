import t from "tap";
import { apps } from "../apps.ts";
import { parseCliOptions } from "./cli-options.ts";

t.test("the defaults are the instance default, port 8080 and sample data", async (t) => {
  t.match(parseCliOptions([]), { instance: "default", port: 8080, seed: true, reset: false, search: "embedded" });
});

t.test("every option is accepted", async (t) => {
  const words = ["--instance", "two", "--port", "0", "--verbose", "--reset", "--no-seed", "--search", "elasticsearch"];
  const expected = { instance: "two", port: 0, verbose: true, reset: true, seed: false, search: "elasticsearch" };
  t.match(parseCliOptions(words), expected);
});

t.test("each kind of backend can be chosen", async (t) => {
  const words = ["--broker", "rabbitmq", "--state", "postgresql", "--replicas", "orders=2", "--replicas", "gateway=3"];
  const expected = { broker: "rabbitmq", state: "postgresql", replicas: { orders: 2, gateway: 3 } };
  t.match(parseCliOptions(words), expected);
  t.match(parseCliOptions([]), { broker: "redis", state: "redis", media: "localstorage", replicas: {} });
});

t.test("a wrong argument is refused in one line that says what is right", async (t) => {
  t.throws(() => parseCliOptions(["--prot", "1"]), { message: "Unknown option '--prot' (npm start -- --help)" });
  t.throws(() => parseCliOptions(["--port", "80a"]), { message: "--port 80a: not a port, use 0 to 65535" });
  t.throws(() => parseCliOptions(["--port", "65536"]), { message: "--port 65536: not a port, use 0 to 65535" });
  t.throws(() => parseCliOptions(["--replicas", "orders"]), { message: /--replicas orders: use APP=N with N from 1/ });
  t.throws(() => parseCliOptions(["--replicas", "wallet=2"]), {
    message: new RegExp(`of ${apps.map(({ id }) => id).join(", ")}`),
  });
  t.throws(() => parseCliOptions(["--broker", "kafka3"]), { message: /--broker kafka3: choose redis/ });
  const none = { message: "--resources no/such: there is no such folder" };
  t.throws(() => parseCliOptions(["--resources", "no/such"]), none);
  const file = {
    message: `--resources ${import.meta.filename}: this is not a folder: give the folder that contains it`,
  };
  t.throws(() => parseCliOptions(["--resources", import.meta.filename]), file);
});
