import type { ServiceDeclaration } from "../service.ts";

/** The broker, the notices that every replica hears, and the secret store, by the names their components have. */
export const pubsubName = "pubsub";
export const broadcastName = "broadcast";
export const secretStore = "secrets";
/** The Resiliency resource (components/resources/base/resiliency.yaml). */
export const policies = "sidecart";

export const databaseName = ({ name }: ServiceDeclaration): string => `${name}-db`;
