import { secretStore } from "@sidecart/pluggable/secret-store";
import { optionsSchema } from "./options.ts";
import { readSecrets } from "./read-secrets.ts";

/** Secrets from the environment of this process. They are read at Init and cannot change afterwards. */
export const environmentSecrets = secretStore({
  name: "environment-secrets",
  options: optionsSchema,
  open: async ({ prefix }) => {
    const secrets = readSecrets(process.env, prefix);
    return {
      get: async (name) => secrets.get(name),
      all: async () => Object.fromEntries(secrets),
      ping: async () => {},
      close: async () => {},
    };
  },
});
