import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync } from "node:fs";
import { join } from "node:path";

type Certificate = { certificate: string; key: string };
export type Authority = {
  /** The authority's certificate, for SSL_CERT_FILE and NODE_EXTRA_CA_CERTS. */
  file: string;
  /** A server's certificate for a name, such as `IP:127.0.0.1`. `owner` may read the key. */
  issue(subject: string, owner?: { uid?: number; gid?: number }): Certificate;
};

const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "ignore" });
const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"];

/** A certificate authority of a test, in a folder. */
export function authority(folder: string): Authority {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  const [file, key] = [join(folder, "ca.crt"), join(folder, "ca.key")];
  openssl("req", "-x509", ...newKey, "-subj", "/CN=authority of a test", "-keyout", key, "-out", file);
  let issued = 0;
  return {
    file,
    issue(subject, owner = {}) {
      issued += 1;
      const at = (ending: string) => join(folder, `server-${issued}.${ending}`);
      const signedBy = ["-CA", file, "-CAkey", key, "-subj", "/CN=server", "-addext", `subjectAltName=${subject}`];
      openssl("req", "-x509", ...newKey, ...signedBy, "-keyout", at("key"), "-out", at("crt"));
      chmodSync(at("key"), 0o600);
      if (owner.uid !== undefined) chownSync(at("key"), owner.uid, owner.gid ?? owner.uid);
      return { certificate: at("crt"), key: at("key") };
    },
  };
}
