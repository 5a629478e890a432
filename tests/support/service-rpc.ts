import type { DescService } from "@bufbuild/protobuf";
import {
  background,
  type CallContext,
  connectSidecar,
  type Implementation,
  type RpcClient,
  startAppServer,
  type Verifier,
  verifierFrom,
} from "@sidecart/platform/rpc";
import { createLogger } from "@sidecart/platform/telemetry";
import type { Test } from "tap";
import { appToken } from "./app-server.ts";
import { foreignKey, goodClaims, sign } from "./tokens.ts";

type Rpc<Service extends DescService> = {
  client: RpcClient<Service, CallContext>;
  /** A call of 5 seconds at most by that account, a customer unless roles are given. */
  as(accountId: string, ...roles: string[]): Promise<CallContext>;
};

/**
 * A service's own rpc over gRPC, without a sidecar between. It takes tokens that are signed with a key of the test's.
 */
export async function startRpc<Service extends DescService>(
  t: Pick<Test, "teardown">,
  service: Service,
  wire: (verifier: Verifier) => Implementation[],
): Promise<Rpc<Service>> {
  const signing = await foreignKey();
  const jwks = JSON.stringify({ keys: [{ ...signing.publicJwk, kid: signing.kid, alg: "ES256", use: "sig" }] });
  const server = await startAppServer({
    host: "127.0.0.1",
    port: 0,
    appToken,
    timeoutMs: 5_000,
    log: createLogger("test", "silent"),
    // Every account still has the roles of its token.
    implementations: wire(
      verifierFrom(
        async () => jwks,
        async ({ roles }) => roles,
      ),
    ),
  });
  const sidecar = connectSidecar({ port: server.port, apiToken: appToken });
  t.teardown(async () => {
    sidecar.close();
    await server.close(0);
  });
  return {
    client: sidecar.service(service, "test"),
    async as(accountId, ...roles) {
      const token = await sign(signing, goodClaims(accountId, roles.length > 0 ? roles : ["customer"]));
      return { ...background(5_000), authorization: `Bearer ${token}` };
    },
  };
}
