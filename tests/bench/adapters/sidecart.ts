import type { Adapter } from "../adapter.ts";
import { cases } from "../sidecart/requests.ts";
import { startSidecart } from "../sidecart/system.ts";
import type { World } from "../sidecart/world.ts";

export const adapter: Adapter<World> = { name: "sidecart", prepare: startSidecart, cases };
