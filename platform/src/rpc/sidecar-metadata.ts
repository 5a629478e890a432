import { BinaryReader } from "@bufbuild/protobuf/wire";
import type dapr from "@dapr/dapr/proto/dapr/proto/runtime/v1/dapr_pb.js";

/** What a sidecar has loaded for its app. */
export type SidecarMetadata = {
  components: readonly string[];
  /** Names of the Resiliency resources. Undefined for a sidecar before Dapr 1.18, which does not report them. */
  resiliencies: readonly string[] | undefined;
};

/**
 * Field `resiliencies` of GetMetadataResponse and the `name` of each entry. Dapr 1.18 has them, but its JavaScript SDK
 * does not yet.
 */
const resilienciesField = 15;
const nameField = 1;

export function metadataOf(response: dapr.GetMetadataResponse): SidecarMetadata {
  const unknown = response.$unknown ?? [];
  const resiliencies = unknown.filter(({ no }) => no === resilienciesField).map(({ data }) => nameIn(data));
  return {
    components: response.registeredComponents.map(({ name }) => name),
    resiliencies: tellsResiliencies(response.runtimeVersion) ? resiliencies : undefined,
  };
}

function nameIn(data: Uint8Array): string {
  const reader = new BinaryReader(new BinaryReader(data).bytes());
  let name = "";
  while (reader.pos < reader.len) {
    const [no, wireType] = reader.tag();
    if (no === nameField) name = reader.string();
    else reader.skip(wireType, no);
  }
  return name;
}

/** A version without numbers is a build of the current sources. */
function tellsResiliencies(version: string): boolean {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version)?.map(Number) ?? [];
  return major === undefined || minor === undefined || major > 1 || (major === 1 && minor >= 18);
}
