import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import dapr from "@dapr/dapr/proto/dapr/proto/runtime/v1/dapr_pb.js";
import t from "tap";
import { metadataOf } from "./sidecar-metadata.ts";

const schema = dapr.GetMetadataResponseSchema;

/** The response of a sidecar of this version, as bytes, with these encoded entries in field 15. */
function responseOf(version: string, entries: Uint8Array[]): dapr.GetMetadataResponse {
  const known = toBinary(
    schema,
    create(schema, { runtimeVersion: version, registeredComponents: [{ name: "pubsub" }] }),
  );
  const writer = new BinaryWriter().raw(known);
  for (const entry of entries) writer.tag(15, WireType.LengthDelimited).bytes(entry);
  return fromBinary(schema, writer.finish());
}

/** MetadataResiliency: the name is its first field. Further fields are added before and after it. */
const resiliency = (name: string) =>
  new BinaryWriter()
    .tag(7, WireType.Varint)
    .uint32(300)
    .tag(1, WireType.LengthDelimited)
    .string(name)
    .tag(8, WireType.LengthDelimited)
    .string("other")
    .finish();

t.test("the names of components and Resiliency resources are read", async (t) => {
  const response = responseOf("1.18.0", [resiliency("sidecart"), resiliency("another"), new Uint8Array()]);
  t.same(metadataOf(response), { components: ["pubsub"], resiliencies: ["sidecart", "another", ""] });
});

t.test(
  "a sidecar from 1.18 on without Resiliency resources has none; an earlier one does not report them",
  async (t) => {
    const resiliencies = (version: string) => metadataOf(responseOf(version, [])).resiliencies;
    for (const version of ["1.18.0", "v1.18.3-rc.1", "1.20.1", "2.0.0", "edge", ""])
      t.same(resiliencies(version), [], version);
    for (const version of ["1.17.9", "v1.16.0", "0.99.0"]) t.equal(resiliencies(version), undefined, version);
  },
);
