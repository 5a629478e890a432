import type { ServiceDeclaration } from "../service.ts";

/** Component names of the broker, of the broadcasts, and of the secret store. */
export const pubsubName = "pubsub";
export const broadcastName = "broadcast";
export const secretStore = "secrets";
/** The Resiliency resource (components/resources/base/resiliency.yaml). */
export const policies = "sidecart";

export const databaseName = ({ name }: ServiceDeclaration): string => `${name}-db`;
