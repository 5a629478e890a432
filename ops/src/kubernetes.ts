import { readFile } from "node:fs/promises";
import { type RequestOptions, request } from "node:https";
import { join } from "node:path";
import { loadConfig } from "@sidecart/platform/config";
import { z } from "zod";

const timeoutMs = 10_000;
const config = z.object({
  KUBERNETES_SERVICE_HOST: z.string({ error: "this program runs in a pod" }),
  KUBERNETES_SERVICE_PORT: z.string().regex(/^\d+$/),
  /** The folder with the token, the API server's CA and our namespace. */
  SIDECART_KUBERNETES_FOLDER: z.string().default("/var/run/secrets/kubernetes.io/serviceaccount"),
});

type ApiResponse = { status: number; body: unknown };
export type Kubernetes = {
  /** Reads an object of our namespace. `path` is relative to it, such as `secrets/redis`; `api` is `api/v1` or `apis/…`. */
  get(api: string, path: string): Promise<ApiResponse>;
  /** Changes an object with a JSON merge patch (RFC 7386). */
  patch(api: string, path: string, change: object): Promise<ApiResponse>;
};

/** Calls the API server as the pod's service account. Reads the token for each call, because the kubelet renews it. */
export function openKubernetes(env: Record<string, string | undefined> = process.env): Kubernetes {
  const settings = loadConfig(config, env);
  const file = (name: string) => readFile(join(settings.SIDECART_KUBERNETES_FOLDER, name), "utf8");

  async function call(method: string, api: string, path: string, change?: object): Promise<ApiResponse> {
    const [token, ca, namespace] = await Promise.all([file("token"), file("ca.crt"), file("namespace")]);
    return send({
      method,
      host: settings.KUBERNETES_SERVICE_HOST,
      port: settings.KUBERNETES_SERVICE_PORT,
      path: `/${api}/namespaces/${namespace.trim()}/${path}`,
      ca,
      headers: { authorization: `Bearer ${token.trim()}`, "content-type": "application/merge-patch+json" },
      body: change && JSON.stringify(change),
    });
  }

  return {
    get: (api, path) => call("GET", api, path),
    patch: (api, path, change) => call("PATCH", api, path, change),
  };
}

function send({ body, ...options }: RequestOptions & { body: string | undefined }): Promise<ApiResponse> {
  return new Promise((resolve, reject) => {
    const call = request({ ...options, timeout: timeoutMs }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part) => {
        text += part;
      });
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: parseJson(text) }));
    });
    call.on("timeout", () => call.destroy(new Error("the Kubernetes API does not respond")));
    call.on("error", reject);
    call.end(body);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
