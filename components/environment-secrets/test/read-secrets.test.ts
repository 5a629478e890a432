import { OptionError } from "@sidecart/pluggable/options";
import t from "tap";
import { optionsSchema } from "../src/options.ts";
import { readSecrets } from "../src/read-secrets.ts";

t.test("each variable with the prefix is one secret with all its keys", async (t) => {
  const environment = {
    SIDECART_SECRET_REDIS: '{"host":"redis:6379","username":"","password":"p=\\n\\"é"}',
    SIDECART_SECRET_STATE_DB: '{"connectionString":"host=db user=x"}',
    SIDECART_SECRET_EMPTY: "{}",
    SIDECART_SECRETS: "no",
    PATH: "/bin",
  };
  t.same(Object.fromEntries(readSecrets(environment, "SIDECART_SECRET_")), {
    redis: { host: "redis:6379", username: "", password: 'p=\n"é' },
    "state-db": { connectionString: "host=db user=x" },
    empty: {},
  });
  t.equal(readSecrets(environment, "OTHER_").size, 0);
});

t.test("an invalid variable is an error with its name and without its value", async (t) => {
  const wrong = ["hunter2", "", "[]", '"hunter2"', '{"port":6379}', '{"a":{"b":"hunter2"}}', '{"":"hunter2"}', "null"];
  for (const value of wrong) {
    const error = caught(() => readSecrets({ S_REDIS: value, S_FINE: "{}" }, "S_"));
    t.match(error?.linesOf("secrets"), [
      /^component secrets: option prefix: the variable S_REDIS is not a JSON object whose values are strings/,
    ]);
    t.notMatch(error?.message, /hunter2/);
  }
  for (const name of ["S_", "S__A", "S_A_", "S_a", "S_A-B"]) {
    const error = caught(() => readSecrets({ [name]: "{}" }, "S_"));
    t.match(error?.message, `the variable ${name} is not a valid name of a secret`, name);
  }
});

t.test("the prefix must be valid in the name of a variable", async (t) => {
  t.equal(optionsSchema.parse({}).prefix, "SIDECART_SECRET_");
  for (const prefix of ["", "S", "s_", "S-", "1_", "=_"]) t.notOk(optionsSchema.safeParse({ prefix }).success, prefix);
});

function caught(act: () => unknown): OptionError | undefined {
  try {
    act();
  } catch (error) {
    if (error instanceof OptionError) return error;
    throw error;
  }
  return undefined;
}
