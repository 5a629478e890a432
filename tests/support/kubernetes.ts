import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Test } from "tap";

type Asked = { method: string; path: string; body: Record<string, unknown> | undefined };
type Answer = { status: number; body?: object };

/** A Kubernetes API as a pod sees it, with its own certificate and token; the test sets the responses. */
export async function kubernetesApi(t: Test, answer: (asked: Asked) => Answer) {
  const folder = mkdtempSync(join(tmpdir(), "sidecart-kubernetes-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "ca.crt")];
  const subject = ["-subj", "/CN=api", "-addext", "subjectAltName=IP:127.0.0.1"];
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"];
  execFileSync("openssl", [...request, ...subject, "-keyout", key, "-out", certificate], { stdio: "ignore" });
  writeFileSync(join(folder, "token"), "the token\n");
  writeFileSync(join(folder, "namespace"), "shop");
  const asked: Asked[] = [];
  const server = createServer(
    { key: readFileSync(key), cert: readFileSync(certificate) },
    async (request, response) => {
      let text = "";
      for await (const part of request) text += part;
      const one = { method: request.method ?? "", path: request.url ?? "", body: text ? JSON.parse(text) : undefined };
      const known = request.headers.authorization === "Bearer the token";
      if (known) asked.push(one);
      const { status, body = {} } = known ? answer(one) : { status: 401 };
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => new Promise((resolve) => server.close(resolve)));
  const { port } = server.address() as AddressInfo;
  const env = {
    KUBERNETES_SERVICE_HOST: "127.0.0.1",
    KUBERNETES_SERVICE_PORT: String(port),
    SIDECART_KUBERNETES_FOLDER: folder,
  };
  return { env, asked };
}
