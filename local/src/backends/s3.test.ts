import { s3Request } from "@sidecart/local/servers/s3/client";
import t from "tap";
import { allowDownload } from "../../servers/java/patience.ts";
import type { Secrets } from "../secrets/secrets.ts";
import { StartError } from "../start-error.ts";
import { temporaryHome } from "../testing/started-cli.ts";
import { launchStores } from "../testing/stores-only.ts";
import { withEnvironment } from "../testing/with-environment.ts";

allowDownload(t);

const own = { media: "s3" } as const;

t.test(
  "our S3 has a bucket and keeps its objects after a kill and after a stop; a wrong key ends the start",
  async (t) => {
    const home = temporaryHome(t);
    const first = await launchStores(t, home, own);
    t.equal((await ask(first.secrets, "PUT", "one", "1")).status, 200);
    await first.system.kill("s3");
    await t.rejects(ask(first.secrets, "PUT", "lost", "0"));
    await first.system.start("s3");
    t.equal((await ask(first.secrets, "PUT", "two", "2")).status, 200);
    await first.system.stop();

    const second = await launchStores(t, home, own);
    t.equal(await (await ask(second.secrets, "GET", "one")).text(), "1");
    t.equal(await (await ask(second.secrets, "GET", "two")).text(), "2");

    const { endpoint = "", bucket = "", accessKey = "", secretKey = "" } = second.secrets.media ?? {};
    withEnvironment(t, { S3_ENDPOINT: endpoint, S3_ACCESS_KEY: accessKey, S3_SECRET_KEY: "wrong", S3_BUCKET: bucket });
    const refusal = await launchStores(t, temporaryHome(t), own).catch((error: unknown) => error);
    t.ok(refusal instanceof StartError);
    t.match(refusal, { message: new RegExp(`^S3 at ${endpoint} .*403`) });

    withEnvironment(t, { S3_SECRET_KEY: secretKey, S3_BUCKET: "another" });
    const guest = await launchStores(t, temporaryHome(t), own);
    t.notOk(guest.system.processes.has("s3"));
    t.equal((await ask(guest.secrets, "PUT", "three", "3")).status, 200, "the set-up created the bucket");
  },
);

function ask({ media }: Secrets, method: string, key: string, body?: string): Promise<Response> {
  const { endpoint = "", region = "", bucket, accessKey = "", secretKey = "" } = media ?? {};
  return s3Request({ endpoint, region, accessKey, secretKey }, method, `/${bucket}/${key}`, body);
}
