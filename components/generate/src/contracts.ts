import { existsSync } from "node:fs";
import { glob } from "node:fs/promises";
import { join } from "node:path";
import { type DescField, type DescFile, type DescMessage, getOption } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence, MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import { every_replica, personal, topic as topicOption } from "@sidecart/proto/options/v1/options";
import type { Load } from "./checkout.ts";

/** A gRPC service in a proto file. */
export type RpcService = {
  /** Our service, from the name of the proto package. */
  service: string;
  /** `OrdersService` */
  name: string;
  /** `sidecart.orders.v1.OrdersService` */
  typeName: string;
  /** The import path of its generated code: `@sidecart/proto/orders/v1/orders`. */
  module: string;
  methods: readonly Method[];
};

type Method = {
  name: string;
  localName: string;
  changesNothing: boolean;
  /** Fields of the request that are neither optional nor repeated. */
  requiredFields: readonly string[];
};

/** A message that declares a topic. */
export type Topic = {
  name: string;
  everyReplica: boolean;
  /** Our service, from the name of the message's proto package. */
  service: string;
  /** `OrderPlaced in proto/sidecart/orders/v1/events.proto` */
  where: string;
  /** Its fields with the option `personal`, also in messages that it contains: `order.address`. */
  personalFields: readonly string[];
};

/** The services and topics in the proto files, read from their generated code. */
export async function readContracts(root: string, load: Load): Promise<{ rpcServices: RpcService[]; topics: Topic[] }> {
  const modules: string[] = [];
  for await (const file of glob("proto/gen/**/*_pb.ts", { cwd: root })) if (hasSource(root, file)) modules.push(file);
  const loaded = await Promise.all(modules.sort().map((file) => load<Record<string, unknown>>(file)));
  const files = loaded.flatMap((exports) => Object.values(exports).filter(isFile));
  return { rpcServices: files.flatMap(rpcServicesOf), topics: files.flatMap(topicsOf) };
}

const isRequired = ({ fieldKind, presence }: DescField): boolean =>
  (fieldKind === "scalar" || fieldKind === "enum") && presence === FeatureSet_FieldPresence.IMPLICIT;

/** False for code that is left over from a deleted proto file: the next `npm run generate` deletes it. */
const hasSource = (root: string, file: string): boolean =>
  existsSync(join(root, file.replace("proto/gen/", "proto/").replace(/_pb\.ts$/, ".proto")));

const isFile = (value: unknown): value is DescFile => (value as DescFile | undefined)?.kind === "file";

/** `sidecart.orders.v1`: orders. */
const serviceOf = (file: DescFile) => file.proto.package.split(".")[1] ?? "";

function rpcServicesOf(file: DescFile): RpcService[] {
  return file.services.map(({ name, typeName, methods }) => ({
    service: serviceOf(file),
    name,
    typeName,
    module: `@sidecart/proto/${file.name.replace("sidecart/", "")}`,
    methods: methods.map((method) => ({
      name: method.name,
      localName: method.localName,
      changesNothing: method.idempotency === MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS,
      requiredFields: method.input.fields.filter(isRequired).map((field) => field.name),
    })),
  }));
}

/** A message may contain itself, so those above a field are not entered again. */
function personalFieldsOf(message: DescMessage, above: readonly DescMessage[] = []): string[] {
  if (above.includes(message)) return [];
  return message.fields.flatMap((field) => [
    ...(getOption(field, personal) ? [field.name] : []),
    ...(field.message ? personalFieldsOf(field.message, [...above, message]) : []).map((one) => `${field.name}.${one}`),
  ]);
}

function topicsOf(file: DescFile): Topic[] {
  const nested = (message: DescMessage): DescMessage[] => [message, ...message.nestedMessages.flatMap(nested)];
  return file.messages.flatMap(nested).flatMap((message) => {
    const name = getOption(message, topicOption);
    const everyReplica = getOption(message, every_replica);
    if (name === "" && !everyReplica) return [];
    const where = `${message.name} in proto/${file.name}.proto`;
    return [{ name, everyReplica, service: serviceOf(file), where, personalFields: personalFieldsOf(message) }];
  });
}
