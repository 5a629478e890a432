import type { Part } from "./part.ts";
import { crashes } from "./parts/crashes.ts";
import { install, uninstall } from "./parts/install.ts";
import { journeys } from "./parts/journeys.ts";
import { kills } from "./parts/kills.ts";
import { network } from "./parts/network.ts";
import { production } from "./parts/production.ts";
import { refusals } from "./parts/refusals.ts";
import { replaced } from "./parts/replaced.ts";
import { resources } from "./parts/resources.ts";
import { scaling } from "./parts/scaling.ts";
import { security } from "./parts/security.ts";
import { swaps } from "./parts/swaps.ts";
import { upgrade } from "./parts/upgrade.ts";

/** The order matters: later parts depend on the state that earlier ones leave. */
export const parts: readonly Part[] = [
  install,
  journeys,
  security,
  network,
  refusals,
  resources,
  replaced,
  kills,
  crashes,
  upgrade,
  scaling,
  swaps,
  production,
  uninstall,
];
