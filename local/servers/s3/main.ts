import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { runAlone } from "../../src/process/alone.ts";
import { randomSecret } from "../../src/secrets/private-file.ts";
import { startS3 } from "./start.ts";

// `node local/servers/s3/main.ts --port 7070 --data .sidecart/s3` runs a server until Ctrl-C.
const { values } = parseArgs({
  options: {
    port: { type: "string", default: "7070" },
    data: { type: "string", default: ".sidecart/s3" },
  },
});

const keys = {
  accessKey: process.env.S3_ACCESS_KEY || "sidecart",
  secretKey: process.env.S3_SECRET_KEY || randomSecret(),
};

await runAlone(
  (log) => startS3({ dataDir: resolve(values.data), port: Number(values.port), ...keys, log }),
  ({ access }) => `S3 listens at ${access.endpoint} (${access.region}, ${keys.accessKey} ${keys.secretKey})`,
);
