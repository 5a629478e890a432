import type { GatewayContext } from "./context.ts";
import type { ServiceName } from "./services.ts";

export const opsQueries = {
  async deadLetters(
    _: unknown,
    { service, first }: { service: ServiceName; first: number },
    { services, call }: GatewayContext,
  ) {
    const { total, deadLetters } = await services.ops[service].listDeadLetters({ first }, call);
    return { total, items: deadLetters.map(({ eventJson, ...letter }) => ({ ...letter, event: eventJson })) };
  },
};

export const opsMutations = {
  redriveDeadLetters(
    _: unknown,
    { input }: { input: { service: ServiceName; eventIds: string[] } },
    { services, call }: GatewayContext,
  ) {
    return services.ops[input.service].redriveDeadLetters({ eventIds: input.eventIds }, call);
  },
};
