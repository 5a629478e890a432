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
 * A test's calls to a probe, on the server that otherwise only the sidecar calls. They are not a contract of the
 * product, so they are here and not in `proto/`. Requests and responses are JSON.
 */
export const ProbeService: GenService<{
  /** `{events: [{id, topic, key, data}]}`: commits them in one statement; returns `{refused}` if one is too large. */
  publish: Method;
  /** `{id}`: releases a held delivery. */
  release: Method;
  /** `{run}`: returns `{ids}`, the events of the run that a probe without a database has received. */
  heard: Method;
}> = serviceDesc(fileDesc(Buffer.from(bytes).toString("base64"), [file_google_protobuf_wrappers]), 0);
