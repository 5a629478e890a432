import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { fileDesc, type GenService, serviceDesc } from "@bufbuild/protobuf/codegenv2";
import {
  FileDescriptorProtoSchema,
  file_google_protobuf_wrappers,
  type StringValueSchema,
} from "@bufbuild/protobuf/wkt";

const text = ".google.protobuf.StringValue";
const methods = ["Publish", "Release", "Heard"];
const file: MessageInitShape<typeof FileDescriptorProtoSchema> = {
  name: "probe.proto",
  package: "sidecart.probe",
  syntax: "proto3",
  dependency: ["google/protobuf/wrappers.proto"],
  service: [{ name: "ProbeService", method: methods.map((name) => ({ name, inputType: text, outputType: text })) }],
};
const bytes = toBinary(FileDescriptorProtoSchema, create(FileDescriptorProtoSchema, file));

type Method = { methodKind: "unary"; input: typeof StringValueSchema; output: typeof StringValueSchema };

/**
 * What a test tells a probe, on the server that only its sidecar calls otherwise. It is no contract of the product, so
 * it stands here and not in `proto/`. Requests and answers are JSON.
 */
export const ProbeService: GenService<{
  /** `{events: [{id, topic, key, data}]}`: commits them in one statement; answers `{refused}` when one is too large. */
  publish: Method;
  /** `{id}`: lets go of a delivery that holds. */
  release: Method;
  /** `{run}`: answers `{ids}`, what a probe without a database has heard of it. */
  heard: Method;
}> = serviceDesc(fileDesc(Buffer.from(bytes).toString("base64"), [file_google_protobuf_wrappers]), 0);
