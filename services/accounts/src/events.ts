import { eventType } from "@sidecart/platform/events";
import { AccountRegisteredSchema, AccountUpdatedSchema } from "@sidecart/proto/accounts/v1/events";

export const accountRegistered = eventType("accounts.account-registered.v1", AccountRegisteredSchema);
export const accountUpdated = eventType("accounts.account-updated.v1", AccountUpdatedSchema);
